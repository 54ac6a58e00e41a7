// What a valid configuration asks of this host that will not work here: for `logsniffd check`.
#pragma once

#include "config/diagnostic.hpp"
#include "config/model.hpp"

namespace logsniffd::app {

// Warnings only: missing interfaces, paths that cannot be written or that the unit's sandbox forbids, sinks that would
// feed a port that is captured. Looks at the host; changes nothing.
[[nodiscard]] config::Diagnostics check_host(const config::Config& config);

}  // namespace logsniffd::app
