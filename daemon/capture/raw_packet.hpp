// A packet as the kernel or a capture file gave it: the value that leaves the capture room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::capture {

// The LINKTYPE_ numbers of capture files; pcap_handle translates the DLT_ numbers of this platform into them. Any other
// number may occur in a RawPacket: link counts it as unsupported.
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  ppp = 9,
  ppp_hdlc = 50,
  ppp_ether = 51,
  raw = 101,
  cisco_hdlc = 104,
  ieee80211 = 105,
  loop = 108,
  linux_sll = 113,
  ieee80211_radiotap = 127,
  mpls = 219,
  ipv4 = 228,
  ipv6 = 229,
  nflog = 239,
  pktap = 258,
  linux_sll2 = 276,
};

// "EN10MB", "LINUX_SLL2": libpcap's name; "LINKTYPE 4711" for a type that it does not know.
std::string to_string(LinkType type);

// LIFETIME  bytes and interface are valid only during the PacketObserver call that received them.
struct RawPacket {
  Bytes bytes;                    // as captured: at most the snapshot length
  std::uint32_t original_length;  // on the wire; >= bytes.size() in well-formed captures
  PacketTime captured_at;
  LinkType link_type;
  std::uint32_t
      interface_id;  // tells interfaces of one source apart: the kernel's index, or the block number in a file
  std::string_view interface;  // its name; empty if the file does not say
};

// The number of bytes that the snapshot length cut from its end.
[[nodiscard]] inline std::size_t cut_bytes(const RawPacket& packet) {
  return packet.original_length > packet.bytes.size() ? packet.original_length - packet.bytes.size() : 0;
}

}  // namespace logsniffd::capture
