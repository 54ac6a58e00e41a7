// Ends a command that runs until somebody has seen enough.
#pragma once

#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::cli {

// SIGINT and SIGTERM quit `loop` with 0, as long as the result lives.
[[nodiscard]] Expected<std::vector<loop::EventLoop::Source>> end_on_signals(loop::EventLoop& loop);

}  // namespace logsniffd::cli
