#include "daemon/base/socket_address.hpp"

#include <netinet/in.h>

#include <cassert>
#include <cstring>

namespace logsniffd {
namespace {

constexpr std::size_t kIpv4Size = 4;  // the last bytes of an Address

}  // namespace

SocketAddress::SocketAddress(const Endpoint& endpoint) {
  const Bytes bytes = endpoint.address.bytes();
  if (endpoint.address.is_ipv4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, bytes.last(kIpv4Size).data(), kIpv4Size);
    std::memcpy(&storage_, &v4, size_ = sizeof v4);
    return;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
  std::memcpy(&storage_, &v6, size_ = sizeof v6);
}

Endpoint SocketAddress::endpoint() const {
  assert(family() == AF_INET || family() == AF_INET6);
  if (family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage_, sizeof v4);
    return {Address::from_ipv4({reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), kIpv4Size}), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage_, sizeof v6);
  return {Address::from_ipv6(v6.sin6_addr.s6_addr), ntohs(v6.sin6_port)};
}

}  // namespace logsniffd
