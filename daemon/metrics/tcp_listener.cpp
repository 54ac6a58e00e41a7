#include "daemon/metrics/tcp_listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace logsniffd::metrics {
namespace {

constexpr int kTcpBacklog = 128;
constexpr std::size_t kIpv4Begin = 12;  // of the four bytes in an Address

sockaddr_in ipv4(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  std::memcpy(&address.sin_addr, endpoint.address.bytes().data() + kIpv4Begin, sizeof address.sin_addr);
  return address;
}

sockaddr_in6 ipv6(const Endpoint& endpoint) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(endpoint.port);
  std::memcpy(&address.sin6_addr, endpoint.address.bytes().data(), sizeof address.sin6_addr);
  return address;
}

int bind_to(int descriptor, const Endpoint& endpoint) {
  if (endpoint.address.is_ipv4()) {
    const sockaddr_in address = ipv4(endpoint);
    return ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  const sockaddr_in6 address = ipv6(endpoint);
  return ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace

Expected<UniqueFd> listen_on(const Endpoint& endpoint) {
  const int family = endpoint.address.is_ipv4() ? AF_INET : AF_INET6;
  UniqueFd listener(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.valid()) return fail(Error::system("cannot be made", errno));
  const int on = 1;
  // Connections of the former process that are still ending do not keep the port.
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind_to(listener.get(), endpoint) != 0) return fail(Error::system("cannot be used", errno));
  if (::listen(listener.get(), kTcpBacklog) != 0) return fail(Error::system("cannot listen", errno));
  return listener;
}

}  // namespace logsniffd::metrics
