// How a filter wants lines to be joined into one record.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/base/choice.hpp"

namespace logsniffd::framing {

enum class JoinMode : std::uint8_t {
  start,      // a line that `start` recognizes starts a record, every other one continues it
  indent,     // a line that begins with a space or TAB continues a record, every other one starts one
  traceback,  // stack traces, with the log line before them (StackTrace); every other line is a record
};

inline constexpr auto kJoinModes = std::to_array<Choice<JoinMode>>(
    {{"start", JoinMode::start}, {"indent", JoinMode::indent}, {"traceback", JoinMode::traceback}});

}  // namespace logsniffd::framing
