// Builds frames of the links that packet_builder.hpp does not have. Each function puts one header in front of bytes, so
// they nest as on the wire: ethernet_type(kPppoeSession, pppoe(ppp(ip))).
#pragma once

#include <cstdint>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::test {

inline constexpr std::uint16_t kMplsUnicast = 0x8847;
inline constexpr std::uint16_t kPppoeSession = 0x8864;

[[nodiscard]] std::uint16_t ether_type_of(Bytes ip_packet);

Packet ethernet_type(std::uint16_t ether_type, Bytes payload);        // without padding
Packet vlan_type(std::uint16_t ether_type, Bytes payload);            // the same in VLAN 7
Packet sll_type(std::uint16_t protocol, Bytes payload);               // LINUX_SLL
Packet sll2_type(std::uint16_t protocol, Bytes payload);              // LINUX_SLL2, of interface 3
Packet ieee8023(Bytes llc);                                           // a length in place of the EtherType
Packet ieee8021ah(Bytes ethernet_frame);                              // a backbone tag, and a service tag
Packet snap(Bytes ip_packet, std::uint8_t last_of_organization = 0);  // LLC and SNAP
Packet mpls(Bytes payload, std::size_t labels = 1);                   // the last label has the bottom bit
Packet control_word(Bytes ethernet_frame);                            // of a pseudowire
Packet ppp(Bytes ip_packet);
Packet ppp_protocol(std::uint16_t protocol, Bytes payload);
Packet in_hdlc_framing(Bytes ppp);  // address and control of RFC 1662
Packet pppoe(Bytes ppp);
Packet cisco_hdlc(Bytes ip_packet);
Packet nflog(Bytes ip_packet);  // two attributes, the second is the packet
Packet pktap(std::uint32_t link_type, Bytes frame, std::uint32_t flags = 1);

// A data frame of 802.11: `control` is the frame control field, without the bits for its type.
struct WirelessOptions {
  std::uint16_t control = 0x0100;  // to the distribution system
  std::uint16_t sequence = 0;
  std::uint16_t qos = 0;  // written if the control field says so
};
Packet ieee80211(Bytes llc, const WirelessOptions& options = {});
Packet ieee80211_padded(Bytes llc, const WirelessOptions& options);  // the header ends at four bytes
Packet radiotap(Bytes frame, std::uint8_t flags = 0);                // with a time and flags

}  // namespace logsniffd::test
