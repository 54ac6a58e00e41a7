// The header that a load balancer puts before a connection: PROXY protocol, versions 1 (text) and 2 (binary), as
// HAProxy's proxy-protocol.txt defines them. It names the connection's real ends, and is not part of any record.
#pragma once

#include <cstddef>
#include <optional>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"

namespace logsniffd::framing {

struct ProxiedEnds {
  Endpoint src;
  Endpoint dst;
};

struct ProxyHeader {
  enum class Kind : std::uint8_t {
    none,        // the stream begins with its first record
    incomplete,  // the bytes end within what may become a header
    header,      // `size` bytes
  };

  Kind kind = Kind::none;
  std::size_t size = 0;
  std::optional<ProxiedEnds> ends = {};  // absent: the balancer speaks for itself (LOCAL, UNKNOWN, unix sockets)
};

// BOUNDS  a longer header is not recognized.
inline constexpr std::size_t kMaxProxyHeader = 4096;

// REQUIRED: `bytes` begins where the stream does, and is not empty.
[[nodiscard]] ProxyHeader proxy_header_at(Bytes bytes);

}  // namespace logsniffd::framing
