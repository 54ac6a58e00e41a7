// Reads IPv4 (RFC 791) and IPv6 (RFC 8200) headers, IPv6 extension headers included.
//
// Stateless; any thread. Checksums are not verified: sending hosts that offload them put wrong ones into captures.
// A total length of 0 (TSO, BIG TCP; RFC 2675 jumbograms) means what the frame holds.
#pragma once

#include "daemon/ip/datagram.hpp"
#include "daemon/link/link_payload.hpp"

namespace logsniffd::ip {

inline constexpr int kMaxExtensionHeaders = 8;

[[nodiscard]] IpResult decode(Bytes packet);

}  // namespace logsniffd::ip
