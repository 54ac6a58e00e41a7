// Reads IPv4 (RFC 791) and IPv6 (RFC 8200) headers, IPv6 extension headers included.
//
// Stateless; any thread. Checksums are not verified: sending hosts that offload them put wrong ones into captures. IPv6
// packets from or to IPv4-mapped addresses are refused: they would be taken for IPv4 flows. A total length of 0 (TSO,
// BIG TCP; RFC 2675 jumbograms) means the rest of the frame.
#pragma once

#include "daemon/ip/datagram.hpp"
#include "daemon/link/link_payload.hpp"

namespace logsniffd::ip {

inline constexpr int kMaxExtensionHeaders = 8;

// `cut_bytes`: how many bytes the snapshot length cut from the packet's end, or link::kUnknownCut. A header that
// announces more than `packet` and these is wrong.
[[nodiscard]] IpResult decode(Bytes packet, std::size_t cut_bytes = 0);

}  // namespace logsniffd::ip
