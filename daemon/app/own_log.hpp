// The daemon's own log (spdlog), on standard error. If journald listens there, lines carry the priorities that it reads
// (sd-daemon(3)).
//
// THREAD  any thread.
#pragma once

#include <string>

namespace logsniffd::app {

// REQUIRED: one of config::kLogLevels. Called before the first message, and again at a reload.
void configure_own_log(const std::string& level);

}  // namespace logsniffd::app
