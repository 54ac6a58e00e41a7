// What a link-layer frame carries: the value that leaves the link room.
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"

namespace logsniffd::link {

enum class LinkVerdict : std::uint8_t {
  ip,                     // payload holds IPv4 or IPv6, told apart by its version nibble in the ip room
  not_ip,                 // ARP, LLDP, ...: nothing for this program
  unsupported_link_type,  // a link type without a decoder here
  truncated,              // ends inside the link header
  too_deep,               // more VLAN tags than kMaxVlanTags
};

// Which way the kernel saw it go, where the link type says so (SLL, SLL2).
enum class PacketDirection : std::uint8_t { unknown, incoming, outgoing };

struct LinkPayload {
  LinkVerdict verdict = LinkVerdict::not_ip;
  Bytes ip = {};  // from the IP header to the end of what was captured (padding included)
  PacketDirection direction = PacketDirection::unknown;
  std::uint32_t interface_index = 0;  // SLL2 alone carries it; 0 elsewhere
};

}  // namespace logsniffd::link
