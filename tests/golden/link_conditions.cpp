// The links that are neither Ethernet with plain EtherTypes, nor captured as one of the types in packet_conditions.cpp.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"
#include "tests/support/link_builder.hpp"

namespace logsniffd::golden {
namespace {

using namespace test;

constexpr std::string_view kClient6 = "[2001:db8::1]:50000";
constexpr std::string_view kServer6 = "[2001:db8::2]:9988";

Packet datagram(std::string_view payload) { return udp_packet(endpoint(kClient), endpoint(kServer), payload); }
Packet datagram6(std::string_view payload) { return udp_packet(endpoint(kClient6), endpoint(kServer6), payload); }
Packet plain_frame(const Packet& ip) { return ethernet_type(ether_type_of(ip), ip); }

FileBytes llc_snap() {
  Capture capture;
  capture.frame(ieee8023(snap(datagram("behind LLC and SNAP"))));
  capture.frame(ieee8023(snap(datagram6("IPv6 behind LLC and SNAP"))));
  const Packet inner = snap(datagram("behind LLC and SNAP in VLAN 7"));
  capture.frame(vlan_type(static_cast<std::uint16_t>(inner.size()), inner));
  capture.frame(ieee8023(Packet{0x42, 0x42, 3, 0, 0, 0, 0, 0}));  // spanning tree
  return capture.bytes();
}

FileBytes provider_backbone() {
  Capture capture;
  capture.frame(ieee8021ah(plain_frame(datagram("a customer's frame"))));
  capture.frame(ieee8021ah(test::ethernet(datagram("a customer's frame with a VLAN"), {42})));
  return capture.bytes();
}

// A connection, so that both directions and the reassembly are seen behind the labels.
FileBytes mpls_labels() {
  Capture capture;
  TcpConversation talk = conversation();
  const auto labelled = [&](const Packet& ip, std::size_t labels) {
    capture.frame(ethernet_type(kMplsUnicast, mpls(ip, labels)));
  };
  for (const Packet& packet : talk.handshake()) labelled(packet, 1);
  labelled(talk.client_says("behind two labels\n"), 2);
  labelled(talk.server_says("an answer behind one\n"), 1);
  for (const Packet& packet : talk.close()) labelled(packet, 1);
  labelled(datagram6("IPv6 behind a label"), 1);
  labelled(control_word(plain_frame(datagram("a frame in a pseudowire"))), 2);
  labelled(datagram("seventeen labels are too many"), 17);
  return capture.bytes();
}

FileBytes mpls_without_ethernet() {
  Capture capture(kMpls);
  capture.frame(mpls(datagram("labels without a link layer")));
  capture.frame(mpls(datagram6("the same with IPv6"), 3));
  return capture.bytes();
}

FileBytes pppoe_session() {
  Capture capture;
  capture.frame(ethernet_type(kPppoeSession, pppoe(ppp(datagram("over PPPoE")))));
  capture.frame(ethernet_type(kPppoeSession, pppoe(ppp(datagram6("IPv6 over PPPoE")))));
  capture.frame(vlan_type(kPppoeSession, pppoe(ppp(datagram("over PPPoE in VLAN 7")))));
  capture.frame(ethernet_type(kPppoeSession, pppoe(ppp_protocol(0xc021, Packet{9, 1, 0, 8, 0, 0, 0, 0}))));  // LCP echo
  Packet with_trailer = pppoe(ppp(Bytes(datagram("not all of this is in the session")).first(40)));
  with_trailer.insert(with_trailer.end(), 40, 't');
  capture.frame(ethernet_type(kPppoeSession, with_trailer));
  return capture.bytes();
}

FileBytes pppoe_in_sll() {
  Capture capture(kLinuxSll);
  capture.frame(sll_type(kPppoeSession, pppoe(ppp(datagram("over PPPoE in a cooked capture")))));
  return capture.bytes();
}

FileBytes pppoe_in_sll2() {
  Capture capture(kLinuxSll2);
  capture.frame(sll2_type(kPppoeSession, pppoe(ppp(datagram("over PPPoE on any")))));
  capture.frame(sll2_type(0x0004, snap(datagram("behind LLC and SNAP on any"))));
  return capture.bytes();
}

FileBytes ppp_serial() {
  Capture capture(kPppHdlc);
  capture.frame(in_hdlc_framing(ppp(datagram("over a serial line"))));
  capture.frame(in_hdlc_framing(ppp(datagram6("IPv6 over a serial line"))));
  capture.frame(test::cisco_hdlc(datagram("over a serial line, as Cisco frames it")));
  return capture.bytes();
}

FileBytes ppp_plain() {
  Capture capture(kPpp);
  capture.frame(ppp(datagram("PPP without framing")));
  capture.frame(in_hdlc_framing(ppp(datagram("PPP with framing"))));
  return capture.bytes();
}

FileBytes ppp_ether() {
  Capture capture(kPppEther);
  capture.frame(pppoe(ppp(datagram("PPPoE without the Ethernet"))));
  return capture.bytes();
}

FileBytes cisco_serial() {
  Capture capture(kCiscoHdlc);
  capture.frame(test::cisco_hdlc(datagram("Cisco HDLC")));
  capture.frame(test::cisco_hdlc(datagram6("IPv6 over Cisco HDLC")));
  return capture.bytes();
}

FileBytes wireless() {
  constexpr std::uint16_t kFromSystem = 0x0200;
  constexpr std::uint16_t kQosToSystem = 0x0180;
  constexpr std::uint16_t kFourAddresses = 0x0380;
  constexpr std::uint16_t kProtected = 0x4100;
  constexpr std::uint16_t kSeveral = 0x0080;
  Capture capture(kIeee80211);
  capture.frame(ieee80211(snap(datagram("to the access point"))));
  capture.frame(ieee80211(snap(datagram6("IPv6 from the access point")), {.control = kFromSystem}));
  capture.frame(ieee80211(snap(datagram("with QoS")), {.control = kQosToSystem}));
  capture.frame(ieee80211(snap(datagram("between access points")), {.control = kFourAddresses}));
  capture.frame(ieee80211(snap(datagram("as if encrypted")), {.control = kProtected}));
  capture.frame(ieee80211(snap(datagram("as if one of several")), {.control = kQosToSystem, .qos = kSeveral}));
  return capture.bytes();
}

FileBytes wireless_radiotap() {
  constexpr std::uint8_t kPadded = 0x20;
  constexpr std::uint8_t kWrongChecksum = 0x40;
  Capture capture(kRadiotap);
  capture.frame(radiotap(ieee80211(snap(datagram("behind radiotap")))));
  capture.frame(radiotap(ieee80211_padded(snap(datagram("behind radiotap, padded")), {.control = 0x0180}), kPadded));
  capture.frame(radiotap(ieee80211(snap(datagram("received with errors"))), kWrongChecksum));
  return capture.bytes();
}

FileBytes netfilter_log() {
  Capture capture(kNflog);
  capture.frame(nflog(datagram("logged by netfilter")));
  capture.frame(nflog(datagram6("IPv6 logged by netfilter")));
  const Packet whole = datagram("netfilter cut this behind 44 bytes, or here");
  capture.frame(nflog(Bytes(whole).first(44)));
  return capture.bytes();
}

FileBytes macos_pktap() {
  Capture capture(kPktap);
  capture.frame(pktap(kEthernet, plain_frame(datagram("from a Mac's Ethernet"))));
  capture.frame(pktap(kNull, null_loopback(datagram("from a Mac's loopback"))));
  capture.frame(pktap(kRaw, datagram6("from a Mac's tunnel")));
  return capture.bytes();
}

}  // namespace

std::span<const Condition> link_conditions() {
  static constexpr std::array kConditions{
      Condition{"llc-snap", llc_snap},
      Condition{"provider-backbone", provider_backbone},
      Condition{"mpls-labels", mpls_labels},
      Condition{"mpls-without-ethernet", mpls_without_ethernet},
      Condition{"pppoe-session", pppoe_session},
      Condition{"pppoe-in-sll", pppoe_in_sll},
      Condition{"pppoe-in-sll2", pppoe_in_sll2},
      Condition{"ppp", ppp_plain},
      Condition{"ppp-serial", ppp_serial},
      Condition{"ppp-ether", ppp_ether},
      Condition{"cisco-hdlc", cisco_serial},
      Condition{"wireless", wireless},
      Condition{"wireless-radiotap", wireless_radiotap},
      Condition{"netfilter-log", netfilter_log},
      Condition{"macos-pktap", macos_pktap},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
