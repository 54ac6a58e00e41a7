// Which lines belong to one record: what a filter asks for.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/base/choice.hpp"

namespace logsniffd::framing {

enum class JoinMode : std::uint8_t {
  start,      // a line that `start` knows starts a record, every other one goes on with it
  indent,     // a line that begins with a space or TAB goes on, every other one starts a record
  traceback,  // stack traces, with the log line in front of them (StackTrace); every other line is a record
};

inline constexpr auto kJoinModes = std::to_array<Choice<JoinMode>>(
    {{"start", JoinMode::start}, {"indent", JoinMode::indent}, {"traceback", JoinMode::traceback}});

}  // namespace logsniffd::framing
