// Strips the link layer, down to the IP packet: Ethernet and 802.3 (VLAN tags, 802.1ah, LLC with SNAP), MPLS, PPP,
// PPPoE, Cisco HDLC, 802.11 with or without radiotap, Linux SLL and SLL2, NFLOG, PKTAP, BSD NULL and LOOP, raw IP.
//
// Headers nest: each says which one follows, and the decoder reads them in a loop.
//
// Stateless; any thread. Survives any bytes; bounded by kMaxLinkHeaders, kMaxVlanTags and kMaxMplsLabels.
#pragma once

#include "daemon/capture/raw_packet.hpp"
#include "daemon/link/link_payload.hpp"

namespace logsniffd::link {

inline constexpr int kMaxVlanTags = 4;     // of a frame, in all of its headers together
inline constexpr int kMaxMplsLabels = 16;  // of one stack
inline constexpr int kMaxLinkHeaders = 16;

// `cut_bytes`: how many bytes the snapshot length cut from the frame's end.
[[nodiscard]] LinkPayload decode(capture::LinkType link_type, Bytes frame, std::size_t cut_bytes = 0);

}  // namespace logsniffd::link
