#include "daemon/capture/interface_list.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "daemon/capture/interface_watch.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {
namespace {

std::optional<LinkType> link_type_of(const std::string& interface, std::uint32_t index) {
  constexpr std::uint64_t kSmallRing = 256 * 1024;
  PcapOptions options;
  options.interface = interface;
  options.interface_index = index;
  options.buffer_bytes = kSmallRing;
  const tl::expected<PcapHandle, PcapOpenError> handle = PcapHandle::open(std::move(options));
  return handle ? std::optional(handle->link_type()) : std::nullopt;
}

// The network part of a netmask, in bits.
template <std::size_t Size>
int prefix_bits(const void* netmask) {
  std::array<std::uint8_t, Size> bytes;
  std::memcpy(bytes.data(), netmask, Size);
  int bits = 0;
  for (const std::uint8_t byte : bytes) bits += std::popcount(byte);
  return bits;
}

// Returns "10.0.0.1/8"; empty for a family without such a form.
std::string address_text(const ifaddrs& entry) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  sockaddr_in v4, v4_mask;
  sockaddr_in6 v6, v6_mask;
  if (entry.ifa_addr->sa_family == AF_INET) {
    std::memcpy(&v4, entry.ifa_addr, sizeof(v4));
    std::memcpy(&v4_mask, entry.ifa_netmask, sizeof(v4_mask));
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return fmt::format("{}/{}", text.data(), prefix_bits<4>(&v4_mask.sin_addr));
  }
  if (entry.ifa_addr->sa_family == AF_INET6) {
    std::memcpy(&v6, entry.ifa_addr, sizeof(v6));
    std::memcpy(&v6_mask, entry.ifa_netmask, sizeof(v6_mask));
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return fmt::format("{}/{}", text.data(), prefix_bits<16>(&v6_mask.sin6_addr));
  }
  return {};
}

struct FreeAddresses {
  void operator()(ifaddrs* addresses) const { ::freeifaddrs(addresses); }
};

}  // namespace

Expected<std::vector<InterfaceInfo>> list_interfaces() {
  Expected<InterfaceWatch> watch = InterfaceWatch::open();
  if (!watch) return fail(std::move(watch).error());
  ifaddrs* raw = nullptr;
  if (::getifaddrs(&raw) != 0) return fail(Error::system("cannot read the addresses of the interfaces", errno));
  const std::unique_ptr<ifaddrs, FreeAddresses> addresses(raw);

  std::vector<InterfaceInfo> list;
  list.push_back({kAnyInterface, "up", link_type_of(kAnyInterface, 0), {}, 0, false});
  for (const auto& [index, link] : watch->table().links()) {
    InterfaceInfo info{link.name,    std::string(state_of(link)), link_type_of(link.name, index), {}, index,
                       link.loopback};
    for (const ifaddrs* entry = addresses.get(); entry != nullptr; entry = entry->ifa_next) {
      if (entry->ifa_addr == nullptr || entry->ifa_netmask == nullptr || link.name != entry->ifa_name) continue;
      if (std::string text = address_text(*entry); !text.empty()) info.addresses.push_back(std::move(text));
    }
    list.push_back(std::move(info));
  }
  return list;
}

}  // namespace logsniffd::capture
