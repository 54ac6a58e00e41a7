// How a filter wants the text of a record to be read.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/base/choice.hpp"

namespace logsniffd::record {

enum class Decode : std::uint8_t {
  automatic,  // whichever of those below the first bytes prove; otherwise plain
  plain,
  syslog,  // RFC 5424, RFC 3164 and what is sent under their name; CEF and LEEF in it
  json,    // one object, with the keys of the common loggers
  gelf,
  python,      // what logging.handlers.SocketHandler and DatagramHandler send
  netconsole,  // the Linux kernel's console over UDP; only the extended format is recognized
};

inline constexpr auto kDecodes = std::to_array<Choice<Decode>>({{"auto", Decode::automatic},
                                                                {"plain", Decode::plain},
                                                                {"syslog", Decode::syslog},
                                                                {"json", Decode::json},
                                                                {"gelf", Decode::gelf},
                                                                {"python", Decode::python},
                                                                {"netconsole", Decode::netconsole}});
static_assert(is_indexed_by_value(kDecodes));  // DecodeCounters

}  // namespace logsniffd::record
