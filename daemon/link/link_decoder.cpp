#include "daemon/link/link_decoder.hpp"

#include <bit>

#include "daemon/base/byte_reader.hpp"
#include "daemon/link/link_numbers.hpp"

namespace logsniffd::link {
namespace {

constexpr std::size_t kEthernetAddresses = 12;
constexpr std::uint16_t kTag8021ad = 0x88a8;
constexpr std::uint16_t kTagOldQinQ = 0x9100;

bool is_vlan_tag(std::uint16_t ether_type) {
  return ether_type == kTag8021Q || ether_type == kTag8021ad || ether_type == kTagOldQinQ;
}

// Reads what follows an EtherType. A value below 0x600 is the length of an 802.3 frame, or an SLL pseudo-type: neither
// is IP here. A failed read yields 0, which is not a tag and so ends the loop.
LinkPayload after_ether_type(ByteReader reader, std::uint16_t ether_type) {
  for (int tags = 0; is_vlan_tag(ether_type); ++tags) {
    if (tags == kMaxVlanTags) return {.verdict = LinkVerdict::too_deep};
    reader.u16be();  // priority and VLAN identifier
    ether_type = reader.u16be();
  }
  if (!reader.ok()) return {.verdict = LinkVerdict::truncated};
  if (ether_type != kEtherTypeIpv4 && ether_type != kEtherTypeIpv6) return {.verdict = LinkVerdict::not_ip};
  return {.verdict = LinkVerdict::ip, .ip = reader.rest()};
}

LinkPayload ethernet(Bytes frame) {
  ByteReader reader(frame);
  reader.skip(kEthernetAddresses);
  const std::uint16_t ether_type = reader.u16be();
  return after_ether_type(reader, ether_type);
}

PacketDirection direction_of(std::uint16_t packet_type) {
  return packet_type == kPacketOutgoing ? PacketDirection::outgoing : PacketDirection::incoming;
}

// LINKTYPE_LINUX_SLL: packet type, ARPHRD_ type, address length, address (8), protocol.
LinkPayload linux_sll(Bytes frame) {
  ByteReader reader(frame);
  const std::uint16_t packet_type = reader.u16be();
  reader.skip(12);
  const std::uint16_t protocol = reader.u16be();
  LinkPayload payload = after_ether_type(reader, protocol);
  if (reader.ok()) payload.direction = direction_of(packet_type);
  return payload;
}

// LINKTYPE_LINUX_SLL2: protocol, reserved (2), interface index, ARPHRD_ type (2), packet type, address
// length, address (8).
LinkPayload linux_sll2(Bytes frame) {
  ByteReader reader(frame);
  const std::uint16_t protocol = reader.u16be();
  reader.skip(2);
  const std::uint32_t interface_index = reader.u32be();
  reader.skip(2);
  const std::uint8_t packet_type = reader.u8();
  reader.skip(9);
  LinkPayload payload = after_ether_type(reader, protocol);
  if (reader.ok()) {
    payload.direction = direction_of(packet_type);
    payload.interface_index = interface_index;
  }
  return payload;
}

// The address family numbers of the systems that write such captures: AF_INET is 2 on all of them, AF_INET6 is 10 on
// Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS.
bool is_ip_family(std::uint32_t family) {
  return family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
}

// LINKTYPE_LOOP writes the family in network byte order.
LinkPayload loop(Bytes frame) {
  ByteReader reader(frame);
  const std::uint32_t family = reader.u32be();
  if (!reader.ok()) return {.verdict = LinkVerdict::truncated};
  if (!is_ip_family(family)) return {.verdict = LinkVerdict::not_ip};
  return {.verdict = LinkVerdict::ip, .ip = reader.rest()};
}

// LINKTYPE_NULL writes the family in the byte order of the capturing host, which the file does not record: no
// family is >= 2^16.
LinkPayload null(Bytes frame) {
  ByteReader reader(frame);
  const std::uint32_t family = reader.u32(std::endian::native);
  if (!reader.ok()) return {.verdict = LinkVerdict::truncated};
  if (!is_ip_family(family) && !is_ip_family(__builtin_bswap32(family))) return {.verdict = LinkVerdict::not_ip};
  return {.verdict = LinkVerdict::ip, .ip = reader.rest()};
}

}  // namespace

LinkPayload decode(capture::LinkType link_type, Bytes frame) {
  switch (link_type) {
    case capture::LinkType::ethernet:
      return ethernet(frame);
    case capture::LinkType::linux_sll:
      return linux_sll(frame);
    case capture::LinkType::linux_sll2:
      return linux_sll2(frame);
    case capture::LinkType::null:
      return null(frame);
    case capture::LinkType::loop:
      return loop(frame);
    case capture::LinkType::raw:
    case capture::LinkType::ipv4:
    case capture::LinkType::ipv6:
      return {.verdict = LinkVerdict::ip, .ip = frame};
  }
  return {.verdict = LinkVerdict::unsupported_link_type};
}

}  // namespace logsniffd::link
