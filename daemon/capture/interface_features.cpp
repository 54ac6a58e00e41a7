// /sys does not show the features, and the netlink interface of ethtool needs a newer kernel than this ioctl.
#include "daemon/capture/interface_features.hpp"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::capture {
namespace {

constexpr std::uint32_t kMaxFeatures = 1024;  // Linux 6.12 has 66
constexpr std::uint32_t kBitsPerBlock = 32;

class Ethtool {
 public:
  explicit Ethtool(const std::string& interface) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    interface.copy(request_.ifr_name, IFNAMSIZ - 1);
  }

  // `command` begins with a structure of <linux/ethtool.h>, and has room for the answer.
  bool ask(std::vector<std::uint32_t>& command) {
    request_.ifr_data = reinterpret_cast<char*>(command.data());
    return socket_.valid() && ::ioctl(socket_.get(), SIOCETHTOOL, &request_) == 0;
  }

 private:
  UniqueFd socket_;
  ifreq request_{};
};

constexpr std::size_t words(std::size_t bytes) { return bytes / sizeof(std::uint32_t); }

std::uint32_t number_of_features(Ethtool& ethtool) {
  std::vector<std::uint32_t> command(words(sizeof(ethtool_sset_info)) + 1);
  ethtool_sset_info head{};
  head.cmd = ETHTOOL_GSSET_INFO;
  head.sset_mask = 1ULL << ETH_SS_FEATURES;
  std::memcpy(command.data(), &head, sizeof(head));
  if (!ethtool.ask(command)) return 0;
  return std::min(command.back(), kMaxFeatures);
}

}  // namespace

std::set<std::string> active_features(const std::string& interface) {
  Ethtool ethtool(interface);
  const std::uint32_t count = number_of_features(ethtool);
  const std::uint32_t blocks = (count + kBitsPerBlock - 1) / kBitsPerBlock;
  constexpr std::size_t kNames = words(sizeof(ethtool_gstrings));
  constexpr std::size_t kStates = words(sizeof(ethtool_gfeatures));
  constexpr std::size_t kBlock = words(sizeof(ethtool_get_features_block));

  std::vector<std::uint32_t> names(kNames + words(std::size_t{count} * ETH_GSTRING_LEN));
  names[0] = ETHTOOL_GSTRINGS;
  names[1] = ETH_SS_FEATURES;
  names[2] = count;
  std::vector<std::uint32_t> states(kStates + blocks * kBlock);
  states[0] = ETHTOOL_GFEATURES;
  states[1] = blocks;
  if (count == 0 || !ethtool.ask(names) || !ethtool.ask(states)) return {};

  std::set<std::string> active;
  const std::string_view text(reinterpret_cast<const char*>(&names[kNames]), std::size_t{count} * ETH_GSTRING_LEN);
  for (std::uint32_t i = 0; i < count; ++i) {
    ethtool_get_features_block block{};
    std::memcpy(&block, &states[kStates + i / kBitsPerBlock * kBlock], sizeof(block));
    if ((block.active >> (i % kBitsPerBlock) & 1U) == 0) continue;
    const std::string_view name = text.substr(std::size_t{i} * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
    active.emplace(name.substr(0, name.find('\0')));
  }
  return active;
}

}  // namespace logsniffd::capture
