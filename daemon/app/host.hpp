// What `logsniffd check` has to know of the host that the daemon will run on, as values.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/app/file_access.hpp"
#include "daemon/app/unit_sandbox.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/capture/interface_list.hpp"

namespace logsniffd::app {

struct HostInterface : capture::InterfaceInfo {
  std::set<std::string> features;  // those that are on (interface_features.hpp)
  // A network card without an IP address, on which no bridge, bond or VLAN is built, and which nobody made promiscuous:
  // it can only be there to capture, and drops the packets for other machines.
  bool deaf_card = false;
};

struct Host {
  std::vector<HostInterface> interfaces;  // empty if they cannot be listed
  UnitSandbox sandbox;
  Identity daemon;  // the user that runs the daemon or, if this host does not have it, that runs the check
  // The address that this host uses to send to `target`, from its table of routes; nothing without a route.
  std::function<std::optional<Address>(const Address& target)> source_for;
};

// Looks, and changes nothing.
[[nodiscard]] Host look_at_host(const std::string& user = "logsniffd");

// `device`: the folder of the card in /sys/class/net.
[[nodiscard]] bool is_deaf_card(const std::string& device, const capture::InterfaceInfo& interface);

}  // namespace logsniffd::app
