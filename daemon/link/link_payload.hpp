// The contents of a link-layer frame: the value that leaves the link room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "daemon/base/bytes.hpp"

namespace logsniffd::link {

enum class LinkVerdict : std::uint8_t {
  ip,                     // payload holds IPv4 or IPv6; the ip room tells them apart by the version nibble
  not_ip,                 // ARP, LLDP, ...: not of use to this program
  unsupported_link_type,  // a link type without a decoder here
  encrypted,              // a protected frame of 802.11
  not_one_packet,         // a frame of 802.11 that holds a part of a packet, or several
  truncated,              // ends inside a link header
  bad_header,             // a link header with an impossible length or version
  bad_checksum,           // the receiver of the frame found its check sequence wrong
  too_many_tags,          // more VLAN tags than kMaxVlanTags
  too_many_labels,        // more MPLS labels than kMaxMplsLabels
  too_deep,               // more headers inside each other than kMaxLinkHeaders
};

// The direction in which the kernel saw the frame, if the link type carries it (SLL, SLL2, PKTAP).
enum class PacketDirection : std::uint8_t { unknown, incoming, outgoing };

// The packet may be cut, and only its own header tells how much of it is missing.
inline constexpr std::size_t kUnknownCut = std::numeric_limits<std::uint32_t>::max();

struct LinkPayload {
  LinkVerdict verdict = LinkVerdict::not_ip;
  Bytes ip = {};  // from the IP header to the end of the captured bytes (padding of Ethernet included)
  PacketDirection direction = PacketDirection::unknown;
  std::uint32_t interface_index = 0;  // only SLL2 carries it; 0 otherwise
  std::size_t cut_bytes = 0;          // how many bytes are missing at the end of `ip`, or kUnknownCut
};

}  // namespace logsniffd::link
