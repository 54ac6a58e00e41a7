// The interfaces that can be captured, for `logsniffd interfaces` and for messages about misspelt names.
#pragma once

#include <string>
#include <vector>

#include "daemon/base/error.hpp"

namespace logsniffd::capture {

struct InterfaceInfo {
  std::string name;
  std::string state;                   // "up", "down", "no carrier"
  std::string link_type;               // "EN10MB"; "?" if it cannot be opened without privileges
  std::vector<std::string> addresses;  // "127.0.0.1/8", "::1/128"
};

[[nodiscard]] Expected<std::vector<InterfaceInfo>> list_interfaces();

}  // namespace logsniffd::capture
