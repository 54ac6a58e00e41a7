#include "tests/support/link_builder.hpp"

#include <initializer_list>

namespace logsniffd::test {
namespace {

// Of a real maker: behind MPLS, tshark guesses from that whether an Ethernet frame follows.
const Packet kAddress1 = {0x00, 0x1b, 0x21, 0, 0, 1};
const Packet kAddress2 = {0x00, 0x1b, 0x21, 0, 0, 2};
const Packet kAddress3 = {0x00, 0x1b, 0x21, 0, 0, 3};

Packet joined(std::initializer_list<Bytes> parts) {
  Packet out;
  for (const Bytes part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Packet big(std::size_t value) {  // 16 bits
  return {static_cast<std::uint8_t>(value >> 8 & 0xff), static_cast<std::uint8_t>(value & 0xff)};
}
Packet little(std::size_t value) {
  return {static_cast<std::uint8_t>(value & 0xff), static_cast<std::uint8_t>(value >> 8 & 0xff)};
}
Packet little32(std::size_t value) { return joined({little(value & 0xffff), little(value >> 16)}); }

Packet attribute(std::uint16_t type, Bytes value) {  // nfnetlink_log.h
  Packet out = joined({little(value.size() + 4), little(type), value});
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

Packet wireless_header(const WirelessOptions& options) {
  constexpr std::size_t kData = 0x0008;
  Packet out = joined(
      {little(options.control | kData), Packet{0, 0}, kAddress1, kAddress2, kAddress3, little(options.sequence)});
  const auto append = [&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); };
  if ((options.control & 0x0300) == 0x0300) append(kAddress1);
  if ((options.control & 0x0080) != 0) append(little(options.qos));
  if ((options.control & 0x8080) == 0x8080) append(Packet(4));
  return out;
}

}  // namespace

std::uint16_t ether_type_of(Bytes ip_packet) { return ip_packet[0] >> 4 == 4 ? 0x0800 : 0x86dd; }

Packet ethernet_type(std::uint16_t ether_type, Bytes payload) {
  return joined({kAddress2, kAddress1, big(ether_type), payload});
}

Packet vlan_type(std::uint16_t ether_type, Bytes payload) {
  return ethernet_type(0x8100, joined({big(7), big(ether_type), payload}));
}

Packet sll_type(std::uint16_t protocol, Bytes payload) {
  return joined({big(0), big(1), big(6), kAddress1, big(0), big(protocol), payload});
}

Packet sll2_type(std::uint16_t protocol, Bytes payload) {
  return joined({big(protocol), big(0), big(0), big(3), big(1), Packet{0, 6}, kAddress1, big(0), payload});
}

Packet ieee8023(Bytes llc) { return ethernet_type(static_cast<std::uint16_t>(llc.size()), llc); }

Packet ieee8021ah(Bytes ethernet_frame) {
  const Packet service = {0x00, 0x00, 0x10, 0x01};
  return ethernet_type(0x88a8, joined({big(100), big(0x88e7), service, ethernet_frame}));
}

Packet snap(Bytes ip_packet, std::uint8_t last_of_organization) {
  return joined({Packet{0xaa, 0xaa, 3, 0, 0, last_of_organization}, big(ether_type_of(ip_packet)), ip_packet});
}

Packet mpls(Bytes payload, std::size_t labels) {
  Packet out;
  for (std::size_t label = 0; label < labels; ++label) {
    const std::uint8_t bottom = label + 1 == labels ? 1 : 0;
    out = joined({out, big(16 + label), Packet{bottom, 64}});
  }
  return joined({out, payload});
}

Packet control_word(Bytes ethernet_frame) { return joined({Packet{0, 0, 0, 7}, ethernet_frame}); }

Packet ppp_protocol(std::uint16_t protocol, Bytes payload) { return joined({big(protocol), payload}); }

Packet ppp(Bytes ip_packet) { return ppp_protocol(ether_type_of(ip_packet) == 0x0800 ? 0x0021 : 0x0057, ip_packet); }

Packet in_hdlc_framing(Bytes ppp) { return joined({Packet{0xff, 3}, ppp}); }

Packet pppoe(Bytes ppp) { return joined({Packet{0x11, 0}, big(1), big(ppp.size()), ppp}); }

Packet cisco_hdlc(Bytes ip_packet) { return joined({Packet{0x0f, 0}, big(ether_type_of(ip_packet)), ip_packet}); }

Packet nflog(Bytes ip_packet) {
  const std::uint8_t family = ether_type_of(ip_packet) == 0x0800 ? 2 : 10;
  const Packet about = joined({big(ether_type_of(ip_packet)), Packet{3, 0}});  // protocol, hook
  return joined({Packet{family, 0}, big(5), attribute(1, about), attribute(9, ip_packet)});
}

Packet pktap(std::uint32_t link_type, Bytes frame, std::uint32_t flags) {
  constexpr std::size_t kHeader = 108;
  Packet name(24);
  name[0] = 'e';
  name[1] = 'n';
  name[2] = '0';
  Packet header = joined({little32(kHeader), little32(1), little32(link_type), name, little32(flags)});
  header.resize(kHeader);
  return joined({header, frame});
}

Packet ieee80211(Bytes llc, const WirelessOptions& options) { return joined({wireless_header(options), llc}); }

Packet ieee80211_padded(Bytes llc, const WirelessOptions& options) {
  Packet header = wireless_header(options);
  header.resize((header.size() + 3) / 4 * 4);
  return joined({header, llc});
}

Packet radiotap(Bytes frame, std::uint8_t flags) {
  return joined({Packet{0, 0}, little(17), little32(3), Packet(8), Packet{flags}, frame});
}

}  // namespace logsniffd::test
