// What a valid configuration asks of this host that will not work here: for `logsniffd check`.
#pragma once

#include <string>

#include "config/diagnostic.hpp"
#include "config/model.hpp"

namespace logsniffd::app {

// Warnings only: missing interfaces, paths that cannot be written or that the unit's sandbox forbids, files of TLS
// that the daemon cannot read, sinks that would feed a port that is captured. Looks at the host; changes nothing.
// `user` runs the daemon; where this host does not have it, whoever runs the check stands for it.
[[nodiscard]] config::Diagnostics check_host(const config::Config& config, const std::string& user = "logsniffd");

}  // namespace logsniffd::app
