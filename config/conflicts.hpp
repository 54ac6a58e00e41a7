// Finds what is valid key by key, but cannot do what was meant: filters that never take a record, and files that two
// sinks write differently.
#pragma once

#include "config/model.hpp"
#include "config/problems.hpp"

namespace logsniffd::config {

// Gives warnings only, and none that could be wrong: a filter that is warned of takes nothing, whatever is captured.
void warn_of_conflicts(const Config& config, Problems& problems);

}  // namespace logsniffd::config
