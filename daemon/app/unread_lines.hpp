// Describes what streams lost, for a warning.
#pragma once

#include <string>
#include <vector>

#include "daemon/record_path/unread_streams.hpp"

namespace logsniffd::app {

// One line for each stream that the report shows, and one for all others:
//   TCP 192.0.2.7:40112 -> 192.0.2.1:514: 1234 bytes missing, 80 bytes too late
//   TCP, other connections: 12 bytes outside the window
[[nodiscard]] std::vector<std::string> describe(const record_path::UnreadReport& report);

}  // namespace logsniffd::app
