// Whom a socket speaks to: unix://PATH, udp://HOST:PORT or tcp://HOST:PORT; and the way to a connected, non-blocking
// socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/interrupt.hpp"

namespace logsniffd::sink {

enum class PeerKind : std::uint8_t { unix_datagram, unix_any, udp, tcp };

struct Peer {
  PeerKind kind = PeerKind::unix_any;
  std::string name;  // as messages call it
  std::string path;  // of a unix socket
  std::string host;  // of udp and tcp, without the brackets of IPv6
  std::string port;

  [[nodiscard]] bool is_local() const { return kind == PeerKind::unix_datagram || kind == PeerKind::unix_any; }
};

// Fails (usage) where the text is none of the three, or a unix path is too long for an address.
Expected<Peer> parse_peer(std::string_view text);
// The datagram socket at `path`.
Expected<Peer> unix_datagram_peer(std::string_view path);

struct PeerSocket {
  UniqueFd fd;
  bool is_stream = false;
};

// unix_any tries a datagram socket, then a stream. tcp waits for the connection through `interrupt`, at most for
// `patience` an address. The error names the peer and the mend. BLOCK  a host that is no numeric address is looked up
// with getaddrinfo(3), which may block as long as resolv.conf says.
Expected<PeerSocket> connect_to(const Peer& peer, Interrupt& interrupt, Duration patience);

}  // namespace logsniffd::sink
