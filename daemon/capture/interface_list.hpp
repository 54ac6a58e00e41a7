// The interfaces that can be captured, for `logsniffd interfaces` and for messages about misspelt names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/capture/raw_packet.hpp"

namespace logsniffd::capture {

struct InterfaceInfo {
  std::string name;
  std::string state;                   // "up", "down", "no carrier"
  std::optional<LinkType> link_type;   // nullopt if it cannot be opened without privileges
  std::vector<std::string> addresses;  // "127.0.0.1/8", "::1/128"
  std::uint32_t index = 0;             // the kernel's; 0 for kAnyInterface
  bool loopback = false;
};

[[nodiscard]] Expected<std::vector<InterfaceInfo>> list_interfaces();

}  // namespace logsniffd::capture
