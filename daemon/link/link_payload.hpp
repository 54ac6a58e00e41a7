// The contents of a link-layer frame: the value that leaves the link room.
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"

namespace logsniffd::link {

enum class LinkVerdict : std::uint8_t {
  ip,                     // payload holds IPv4 or IPv6; the ip room tells them apart by the version nibble
  not_ip,                 // ARP, LLDP, ...: not of use to this program
  unsupported_link_type,  // a link type without a decoder here
  truncated,              // ends inside the link header
  too_deep,               // more VLAN tags than kMaxVlanTags
};

// The direction in which the kernel saw the frame, if the link type carries it (SLL, SLL2).
enum class PacketDirection : std::uint8_t { unknown, incoming, outgoing };

struct LinkPayload {
  LinkVerdict verdict = LinkVerdict::not_ip;
  Bytes ip = {};  // from the IP header to the end of the captured bytes (padding included)
  PacketDirection direction = PacketDirection::unknown;
  std::uint32_t interface_index = 0;  // only SLL2 carries it; 0 otherwise
};

}  // namespace logsniffd::link
