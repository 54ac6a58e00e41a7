#include "daemon/app/host.hpp"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "daemon/base/socket_address.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/interface_features.hpp"

namespace logsniffd::app {
namespace {

namespace fs = std::filesystem;

Identity this_user() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  groups.resize(static_cast<std::size_t>(std::max(::getgroups(static_cast<int>(groups.size()), groups.data()), 0)));
  groups.push_back(::getegid());
  return {"that runs this command", ::geteuid(), groups};
}

// A number as in C: 0x1003, 1500. 0 if it cannot be read.
unsigned long number_in(const fs::path& file) {
  std::ifstream in(file);
  std::string text;
  in >> text;
  return std::strtoul(text.c_str(), nullptr, 0);
}

// A datagram socket that is connected has its source address, and nothing was sent.
std::optional<Address> source_address(const Address& target) {
  constexpr std::uint16_t kAnyPort = 514;
  const SocketAddress to({target, kAnyPort});
  const UniqueFd fd(::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  SocketAddress own;
  if (!fd.valid() || ::connect(fd.get(), to.get(), to.size()) != 0 ||
      ::getsockname(fd.get(), own.get(), own.size_pointer()) != 0) {
    return std::nullopt;
  }
  return own.endpoint().address;
}

}  // namespace

bool is_deaf_card(const std::string& device, const capture::InterfaceInfo& interface) {
  std::error_code none;
  const bool has_address = std::any_of(interface.addresses.begin(), interface.addresses.end(),
                                       [](const std::string& address) { return !address.starts_with("fe80:"); });
  if (has_address || interface.state != "up" || !fs::exists(device + "/device", none)) return false;
  // In another network namespace /sys may show a card of the same name.
  if (number_in(device + "/ifindex") != interface.index || number_in(device + "/flags") & IFF_PROMISC) return false;
  for (fs::directory_iterator entry(device, none), end; entry != end; entry.increment(none)) {
    if (entry->path().filename().string().starts_with("upper_")) return false;
  }
  return true;
}

Host look_at_host(const std::string& user) {
  Host host;
  for (capture::InterfaceInfo& info : capture::list_interfaces().value_or(std::vector<capture::InterfaceInfo>())) {
    HostInterface interface { std::move(info), {}, false };
    interface.features = capture::active_features(interface.name);
    interface.deaf_card = is_deaf_card("/sys/class/net/" + interface.name, interface);
    host.interfaces.push_back(std::move(interface));
  }
  host.sandbox = installed_sandbox();
  host.daemon = identity_of(user).value_or(this_user());
  host.source_for = source_address;
  return host;
}

}  // namespace logsniffd::app
