#include "daemon/sink/net/peer.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "daemon/base/socket_address.hpp"

namespace logsniffd::sink::net {
namespace {

constexpr std::string_view kUnix = "unix://";
constexpr std::string_view kUdp = "udp://";
constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kTls = "tls://";
constexpr std::string_view kTlsPort = "6514";  // RFC 5425, 4.1
constexpr int kSendBuffer = 8 << 20;           // the kernel grants up to net.core.wmem_max of it

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

Expected<Peer> unix_peer(PeerKind kind, std::string_view name, std::string_view path) {
  if (!path.starts_with('/'))
    return fail(Error::usage(fmt::format("{}: the path of a socket must be absolute; start it with /", name)));
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Error::usage(fmt::format("{}: the path of a socket has at most {} bytes; shorten it", name,
                                         sizeof(sockaddr_un::sun_path) - 1)));
  }
  return Peer{kind, std::string(name), std::string(path), {}, {}};
}

Expected<Peer> internet_peer(PeerKind kind, std::string_view name, std::string_view address) {
  const std::size_t colon = address.ends_with(']') ? std::string_view::npos : address.rfind(':');
  std::string_view host = address.substr(0, colon);
  std::string_view port = kind == PeerKind::tls ? kTlsPort : std::string_view();
  if (colon != std::string_view::npos) port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || !is_port(port)) {
    return fail(
        Error::usage(fmt::format("{}: a host and a port (1 to 65535) are required, as in logs.example:601", name)));
  }
  return Peer{kind, std::string(name), {}, std::string(host), std::string(port)};
}

std::string_view hint(const Peer& peer, int error) {
  switch (error) {
    case ENOENT:
    case ECONNREFUSED:
      return peer.is_local() ? "; start the service behind it"
                             : "; nothing listens there: start the service, or fix the address";
    case EACCES:
    case EPERM:
      return peer.is_local() ? "; make it writable by the user that runs logsniffd"
                             : "; the unit or a firewall forbids it (IPAddressAllow=)";
    case EAFNOSUPPORT:
      return "; the unit must allow it (RestrictAddressFamilies=)";
    case EPROTOTYPE:
      return "; it is a socket of another type: check the path";
    default:
      return "";
  }
}

tl::unexpected<Error> peer_failure(const Peer& peer, int error) {
  return fail(Error::runtime(Error::system(peer.name, error).message() + std::string(hint(peer, error))));
}

// The socket, or errno.
tl::expected<UniqueFd, int> connect_unix(const std::string& path, int type) {
  UniqueFd fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return tl::unexpected<int>(errno);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // the type that connect(2) takes
  if (::connect(fd.get(), generic, sizeof address) != 0) return tl::unexpected<int>(errno);
  return fd;
}

// Nothing that the sink says was sent yet.
OwnFlows::Entry hold_flow(int fd, const addrinfo& to) {
  SocketAddress own;
  SocketAddress peer;
  if (::getsockname(fd, own.get(), own.size_pointer()) != 0 || ::getpeername(fd, peer.get(), peer.size_pointer()) != 0)
    return {};
  const Transport transport = to.ai_socktype == SOCK_DGRAM ? Transport::udp : Transport::tcp;
  return own_flows().add({own.endpoint(), peer.endpoint(), transport});
}

tl::expected<PeerSocket, int> connect_internet(const addrinfo& to, Interrupt& interrupt, Duration patience) {
  const bool is_stream = to.ai_socktype == SOCK_STREAM;
  UniqueFd fd(::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol));
  if (!fd.valid()) return tl::unexpected<int>(errno);
  if (::connect(fd.get(), to.ai_addr, to.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return tl::unexpected<int>(errno);
    if (interrupt.wait(fd.get(), POLLOUT, patience) != WaitResult::ready) return tl::unexpected<int>(ETIMEDOUT);
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return tl::unexpected<int>(error);
    const int on = 1;  // detects a peer that vanished silently while nothing is sent
    if (is_stream) ::setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  }
  OwnFlows::Entry flow = hold_flow(fd.get(), to);
  return PeerSocket{std::move(fd), is_stream, std::move(flow)};
}

}  // namespace

Expected<Peer> parse_peer(std::string_view text) {
  if (text.starts_with(kUnix)) return unix_peer(PeerKind::unix_any, text, text.substr(kUnix.size()));
  if (text.starts_with(kUdp)) return internet_peer(PeerKind::udp, text, text.substr(kUdp.size()));
  if (text.starts_with(kTcp)) return internet_peer(PeerKind::tcp, text, text.substr(kTcp.size()));
  if (text.starts_with(kTls)) return internet_peer(PeerKind::tls, text, text.substr(kTls.size()));
  return fail(Error::usage(fmt::format(
      "'{}' is not a valid target; use unix:///dev/log, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT", text)));
}

Expected<Peer> unix_datagram_peer(std::string_view path) { return unix_peer(PeerKind::unix_datagram, path, path); }

Expected<PeerSocket> connect_to(const Peer& peer, Resolver& resolver, Interrupt& interrupt, Duration patience) {
  if (peer.is_local()) {
    auto fd = connect_unix(peer.path, SOCK_DGRAM);
    const bool try_stream = !fd && fd.error() == EPROTOTYPE && peer.kind == PeerKind::unix_any;
    if (try_stream) fd = connect_unix(peer.path, SOCK_STREAM);
    if (!fd) return peer_failure(peer, fd.error());
    return PeerSocket{std::move(*fd), try_stream, {}};
  }
  const int socket_type = peer.kind == PeerKind::udp ? SOCK_DGRAM : SOCK_STREAM;
  auto addresses = resolver.resolve(peer.host, peer.port, socket_type, interrupt, patience);
  if (!addresses) return fail(std::move(addresses.error()).within(peer.name));
  int error = EADDRNOTAVAIL;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    auto connected = connect_internet(*address, interrupt, patience);
    if (connected) return std::move(*connected);
    error = connected.error();
  }
  return peer_failure(peer, error);
}

}  // namespace logsniffd::sink::net
