// The peer of a socket: unix://PATH, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST[:PORT]; and how to get a connected,
// non-blocking socket to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/base/own_flows.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/interrupt.hpp"
#include "daemon/sink/net/resolver.hpp"

namespace logsniffd::sink::net {

enum class PeerKind : std::uint8_t { unix_datagram, unix_any, udp, tcp, tls };

struct Peer {
  PeerKind kind = PeerKind::unix_any;
  std::string name;  // as messages name it
  std::string path;  // of a unix socket
  std::string host;  // of the other kinds, without the brackets of IPv6
  std::string port;

  [[nodiscard]] bool is_local() const { return kind == PeerKind::unix_datagram || kind == PeerKind::unix_any; }
};

// Fails (usage) if the text is none of the four, or if a unix path is too long for an address.
Expected<Peer> parse_peer(std::string_view text);
// The datagram socket at `path`.
Expected<Peer> unix_datagram_peer(std::string_view path);

struct PeerSocket {
  UniqueFd fd;
  bool is_stream = false;
  OwnFlows::Entry flow = {};  // of the kinds udp, tcp and tls: while the socket is open
};

// unix_any tries a datagram socket, then a stream. tcp and tls wait for the connection through `interrupt`, at most
// `patience` for each address; the TLS handshake is left to the caller. The error names the peer and the fix.
Expected<PeerSocket> connect_to(const Peer& peer, Resolver& resolver, Interrupt& interrupt, Duration patience);

}  // namespace logsniffd::sink::net
