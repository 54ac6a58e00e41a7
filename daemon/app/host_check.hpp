// Checks, for `logsniffd check`, what a valid configuration asks of this host that will not work here.
#pragma once

#include <string>

#include "config/diagnostic.hpp"
#include "config/model.hpp"

namespace logsniffd::app {

// Gives warnings only: missing interfaces, paths that cannot be written or that the unit's sandbox forbids, TLS files
// that the daemon cannot read, sinks that would feed a captured port. Looks at the host; changes nothing. `user` runs
// the daemon; if this host does not have it, the user that runs the check takes its place.
[[nodiscard]] config::Diagnostics check_host(const config::Config& config, const std::string& user = "logsniffd");

}  // namespace logsniffd::app
