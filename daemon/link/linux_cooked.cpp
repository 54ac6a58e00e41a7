// What libpcap puts in front of a packet of Linux that has no link header that it knows, or on the interface "any".
#include "daemon/link/link_header.hpp"
#include "daemon/link/link_numbers.hpp"

namespace logsniffd::link {
namespace {

// Protocols that are not EtherTypes (linux/if_ether.h).
constexpr std::uint16_t k8022 = 0x0004;
constexpr std::uint16_t kPpp = 0x0007;

// Types of interfaces (linux/if_arp.h).
constexpr std::uint16_t kFrameRelay = 770;
constexpr std::uint16_t kRadiotap = 803;
constexpr std::uint16_t kNetlink = 824;

PacketDirection direction_of(std::uint16_t packet_type) {
  return packet_type == kPacketOutgoing ? PacketDirection::outgoing : PacketDirection::incoming;
}

// On some interfaces, the protocol is a number of another kind, or has no meaning (tcpdump.org, LINKTYPE_LINUX_SLL).
// None of these is the number of IP.
Step after_protocol(std::uint16_t arphrd, std::uint16_t protocol, ByteReader reader) {
  if (protocol == kEtherTypeIpv4 || protocol == kEtherTypeIpv6) return Step::ip(reader.rest());
  switch (arphrd) {
    case kRadiotap:
      return Step::to(ieee80211_radiotap, reader.rest());
    case kFrameRelay:
    case kNetlink:
      return Step::stop(LinkVerdict::not_ip);
    default:
      break;
  }
  if (protocol == k8022) return Step::to(llc, reader.rest());
  if (protocol == kPpp) return Step::to(ppp_or_cisco, reader.rest());
  return after_ether_type(protocol, reader);
}

}  // namespace

// Packet type, ARPHRD_ type, address length, address (8), protocol.
Step linux_sll(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  const std::uint16_t packet_type = reader.u16be();
  const std::uint16_t arphrd = reader.u16be();
  reader.skip(10);
  const std::uint16_t protocol = reader.u16be();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  facts.direction = direction_of(packet_type);
  return after_protocol(arphrd, protocol, reader);
}

// Protocol, reserved (2), interface index, ARPHRD_ type (2), packet type, address length, address (8).
Step linux_sll2(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  const std::uint16_t protocol = reader.u16be();
  reader.skip(2);
  const std::uint32_t interface_index = reader.u32be();
  const std::uint16_t arphrd = reader.u16be();
  const std::uint8_t packet_type = reader.u8();
  reader.skip(9);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  facts.direction = direction_of(packet_type);
  facts.interface_index = interface_index;
  return after_protocol(arphrd, protocol, reader);
}

}  // namespace logsniffd::link
