// The headers of links. Each is a function that reads one header and says which one follows.
//
// Stateless; any thread. A function reads only its own header, and the decoder calls the next one: nothing recurses.
#pragma once

#include "daemon/base/byte_reader.hpp"
#include "daemon/base/bytes.hpp"
#include "daemon/capture/raw_packet.hpp"
#include "daemon/link/link_payload.hpp"

namespace logsniffd::link {

struct Step;

// What is known of one frame so far, beyond where the next header begins.
struct FrameFacts {
  PacketDirection direction = PacketDirection::unknown;
  std::uint32_t interface_index = 0;
  int vlan_tags = 0;
  std::size_t cut_bytes = 0;  // missing at the end of the bytes that the next header gets, or kUnknownCut
};

// `bytes` begins with the header and ends with the captured frame, or earlier if a header said so.
using LinkHeader = Step (*)(Bytes bytes, FrameFacts& facts);

struct Step {
  LinkHeader next = nullptr;                  // nullptr: no link header follows
  Bytes bytes = {};                           // from the next header on, or from the IP header on
  LinkVerdict verdict = LinkVerdict::not_ip;  // if no link header follows

  static Step to(LinkHeader next, Bytes bytes) { return {next, bytes, LinkVerdict::not_ip}; }
  static Step ip(Bytes bytes) { return {nullptr, bytes, LinkVerdict::ip}; }
  static Step stop(LinkVerdict verdict) { return {nullptr, {}, verdict}; }
};

// The header with which frames of a link type begin. Raw IP ends at once.
[[nodiscard]] Step first_header(capture::LinkType type, Bytes frame);

// The step to `next` with the first `length` bytes only, which the header in front of `bytes` announces: a trailer or
// padding may follow. A length beyond the frame's end is a bad header, unless the frame was cut.
[[nodiscard]] Step announced(LinkHeader next, Bytes bytes, std::size_t length, FrameFacts& facts);

// What follows an EtherType, with the reader behind it. REQUIRED: `ether_type` was read with this reader.
[[nodiscard]] Step after_ether_type(std::uint16_t ether_type, ByteReader reader);

Step ethernet(Bytes bytes, FrameFacts& facts);            // IEEE 802.3
Step vlan_tag(Bytes bytes, FrameFacts& facts);            // IEEE 802.1Q, behind its EtherType
Step service_tag(Bytes bytes, FrameFacts& facts);         // IEEE 802.1ah, behind its EtherType
Step llc(Bytes bytes, FrameFacts& facts);                 // IEEE 802.2, with SNAP
Step mpls(Bytes bytes, FrameFacts& facts);                // RFC 3032
Step ppp(Bytes bytes, FrameFacts& facts);                 // RFC 1661
Step ppp_or_cisco(Bytes bytes, FrameFacts& facts);        // RFC 1662, or Cisco HDLC
Step pppoe(Bytes bytes, FrameFacts& facts);               // RFC 2516
Step cisco_hdlc(Bytes bytes, FrameFacts& facts);          // RFC 1547, 4.3.1
Step ieee80211(Bytes bytes, FrameFacts& facts);           // IEEE 802.11
Step ieee80211_radiotap(Bytes bytes, FrameFacts& facts);  // the same behind a radiotap header
Step linux_sll(Bytes bytes, FrameFacts& facts);           // LINKTYPE_LINUX_SLL
Step linux_sll2(Bytes bytes, FrameFacts& facts);          // LINKTYPE_LINUX_SLL2
Step nflog(Bytes bytes, FrameFacts& facts);               // LINKTYPE_NFLOG
Step pktap(Bytes bytes, FrameFacts& facts);               // LINKTYPE_PKTAP
Step bsd_null(Bytes bytes, FrameFacts& facts);            // LINKTYPE_NULL
Step bsd_loop(Bytes bytes, FrameFacts& facts);            // LINKTYPE_LOOP

}  // namespace logsniffd::link
