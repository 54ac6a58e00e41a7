// What the driver and the kernel do to the packets of an interface before a capture sees them (ethtool -k).
#pragma once

#include <set>
#include <string>

namespace logsniffd::capture {

// The names of the features that are on, such as "rx-gro". Empty if the interface does not exist, or has none.
[[nodiscard]] std::set<std::string> active_features(const std::string& interface);

}  // namespace logsniffd::capture
