// Strips the link layer: Ethernet (with 802.1Q and 802.1ad tags), Linux SLL and SLL2, BSD NULL and LOOP, raw IP.
//
// Stateless; any thread. Survives any bytes; bounded by kMaxVlanTags.
#pragma once

#include "daemon/capture/raw_packet.hpp"
#include "daemon/link/link_payload.hpp"

namespace logsniffd::link {

inline constexpr int kMaxVlanTags = 4;

[[nodiscard]] LinkPayload decode(capture::LinkType link_type, Bytes frame);

}  // namespace logsniffd::link
