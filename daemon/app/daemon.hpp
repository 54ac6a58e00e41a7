// The life of `logsniffd run`: start, reload, stop, as systemd expects it.
//
// start     configuration, then capture, then sinks; READY only when capture runs; an error on the way is the last line
//           on standard error
// SIGHUP    reads the configuration again; all of it takes effect, or none, and the log and systemctl status say which;
//           READY again when the reload has settled (reloader.hpp)
// SIGUSR1   the sinks open their targets again
// SIGTERM   capture stops, captured records are written within kStopDeadline, losses are reported, exit 0
//
// THREAD    the main thread.
#pragma once

#include <string>

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::app {

// Less than the unit's TimeoutStopSec=, so that the losses can still be reported.
inline constexpr Duration kStopDeadline = std::chrono::seconds(20);

// Returns the exit code. REQUIRED: block_handled_signals() was called.
[[nodiscard]] Expected<int> run_daemon(const std::string& config_path);

}  // namespace logsniffd::app
