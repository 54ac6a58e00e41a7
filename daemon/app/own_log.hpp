// The daemon's own log (spdlog): to standard error, with the priorities that journald reads (sd-daemon(3)) where it is
// journald that listens.
//
// THREAD  any thread.
#pragma once

#include <string>

#include "daemon/base/error.hpp"

namespace logsniffd::app {

// `level`: debug, info, warning, error. Called before the first message, and again at a reload.
void configure_own_log(const std::string& level);

}  // namespace logsniffd::app
