// How a log line that begins a record begins, whatever follows. This distinguishes a line of the log from a line in the
// middle of an exception's message, and nothing else: no value is read here.
//
// Pure; examines only the first bytes of a line.
#pragma once

#include <cstdint>
#include <string_view>

namespace logsniffd::framing {

enum class RecordStart : std::uint8_t {
  none,     // anything else: the text of a message, a frame, a program's own output
  time,     // a date, a time of day, seconds since 1970, each perhaps in a bracket; a syslog priority; an IPv4 address
  level,    // "ERROR", "info:", "E0501", "E, ["
  bracket,  // "[main] ..."
  object,   // "{": JSON
  pair,     // "level=", "time=", "ts=", "msg=": logfmt
  escape,   // a colour
};

[[nodiscard]] RecordStart record_start(std::string_view line);

}  // namespace logsniffd::framing
