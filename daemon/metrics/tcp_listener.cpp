#include "daemon/metrics/tcp_listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "daemon/base/socket_address.hpp"

namespace logsniffd::metrics {
namespace {

constexpr int kTcpBacklog = 128;

}  // namespace

Expected<UniqueFd> listen_on(const Endpoint& endpoint) {
  const SocketAddress address(endpoint);
  UniqueFd listener(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.valid()) return fail(Error::system("cannot be made", errno));
  const int on = 1;
  // Connections of the former process that are still ending do not keep the port.
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(listener.get(), address.get(), address.size()) != 0) {
    return fail(Error::system("cannot be used", errno));
  }
  if (::listen(listener.get(), kTcpBacklog) != 0) return fail(Error::system("cannot listen", errno));
  return listener;
}

}  // namespace logsniffd::metrics
