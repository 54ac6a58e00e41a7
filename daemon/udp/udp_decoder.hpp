// Reads the UDP header (RFC 768). Stateless; any thread. Checksums are not verified (offloading).
#pragma once

#include "daemon/ip/datagram.hpp"
#include "daemon/udp/udp_datagram.hpp"

namespace logsniffd::udp {

// REQUIRED: datagram.protocol is UDP, and the datagram is not a fragment.
[[nodiscard]] UdpDatagram decode(const ip::Datagram& datagram);

}  // namespace logsniffd::udp
