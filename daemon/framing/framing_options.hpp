// How a filter wants the bytes to be cut into records.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/base/choice.hpp"
#include "daemon/framing/length_prefix.hpp"

namespace logsniffd::framing {

enum class Method : std::uint8_t {
  automatic,  // streams: what the bytes prove (evidence.hpp); datagrams: one record each
  lines,      // a delimiter; if it is LF, a CR before it is removed
  nul,        // NUL
  octet,      // RFC 6587: counted messages, and lines if a record has no count, in any mix
  length,     // a binary length before each record
  datagram,   // one record per datagram; on a stream the same as automatic
};

inline constexpr auto kMethods = std::to_array<Choice<Method>>({{"auto", Method::automatic},
                                                                {"lines", Method::lines},
                                                                {"nul", Method::nul},
                                                                {"octet", Method::octet},
                                                                {"length", Method::length},
                                                                {"datagram", Method::datagram}});

// What a filter requests. The framers do not keep it.
struct FramingOptions {
  Method method = Method::automatic;
  std::uint8_t delimiter = '\n';  // lines
  LengthFormat length = {};       // length
  bool split_lines = false;       // datagrams: each line is a record; empty lines are not records

  bool operator==(const FramingOptions&) const = default;
};

}  // namespace logsniffd::framing
