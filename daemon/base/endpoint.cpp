#include "daemon/base/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace logsniffd {
namespace {

constexpr std::size_t kMappedPrefixBytes = 12;  // before the four of IPv4

}  // namespace

std::string_view to_string(Transport transport) { return transport == Transport::tcp ? "tcp" : "udp"; }

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, kSize> raw{};
  if (inet_pton(AF_INET, terminated.c_str(), raw.data()) == 1) return from_ipv4(Bytes(raw).first(4));
  if (inet_pton(AF_INET6, terminated.c_str(), raw.data()) == 1) return from_ipv6(raw);
  return std::nullopt;
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_ipv4();
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes_.data() + (v4 ? kMappedPrefixBytes : 0), text.data(), text.size());
  return text.data();
}

std::string Endpoint::to_string() const {
  if (address.is_ipv4()) return address.to_string() + ":" + std::to_string(port);
  return "[" + address.to_string() + "]:" + std::to_string(port);
}

}  // namespace logsniffd
