#include "daemon/packet_path/common_packet.hpp"

#include <bit>
#include <cstring>

namespace logsniffd::packet_path {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kSll2Header = 20;
constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kLeastTcpHeader = 20;
constexpr std::size_t kUdpHeader = 8;
constexpr std::uint8_t kVersion4Words5 = 0x45;   // version 4, and a header of five words: no options
constexpr std::uint16_t kFragmentBits = 0x3fff;  // more fragments, offset
constexpr std::uint8_t kPacketOutgoing = 4;      // LINUX_SLL_OUTGOING

// REQUIRED of both: the bytes are there.
std::uint16_t u16be(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }
std::uint32_t u32be(const std::uint8_t* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}

// Returns the content, made anew only if it is of another kind.
template <class Content>
Content& as(PacketContent& content) {
  auto* const same = std::get_if<Content>(&content);
  return same != nullptr ? *same : content.emplace<Content>();
}

void read_addresses(const std::uint8_t* ip, Flow& flow, Transport transport) {
  flow.src.address = Address::from_ipv4({ip + 12, 4});
  flow.dst.address = Address::from_ipv4({ip + 16, 4});
  flow.transport = transport;
}

void read_ports(const std::uint8_t* transport, Flow& flow) {
  flow.src.port = u16be(transport);
  flow.dst.port = u16be(transport + 2);
}

// `size`: of the payload of the IP datagram.
bool read_tcp(const std::uint8_t* ip, std::size_t size, PacketContent& content) {
  const std::uint8_t* const tcp = ip + kIpHeader;
  if (size < kLeastTcpHeader) return false;
  const std::size_t header = static_cast<std::size_t>(tcp[12] >> 4) * 4;
  if (header < kLeastTcpHeader || header > size) return false;
  auto& segment = as<tcp::SegmentView>(content);
  read_addresses(ip, segment.flow, Transport::tcp);
  read_ports(tcp, segment.flow);
  segment.seq = u32be(tcp + 4);
  segment.ack = u32be(tcp + 8);
  segment.flags = tcp[13];
  segment.payload = Bytes(tcp + header, size - header);
  segment.missing_bytes = 0;
  segment.ingress = 0;
  return true;
}

bool read_udp(const std::uint8_t* ip, std::size_t size, PacketContent& content) {
  const std::uint8_t* const udp = ip + kIpHeader;
  if (size < kUdpHeader) return false;
  const std::size_t length = u16be(udp + 4);
  if (length < kUdpHeader || length > size) return false;
  auto& datagram = as<udp::UdpDatagram>(content);
  datagram.verdict = udp::UdpVerdict::datagram;
  read_addresses(ip, datagram.flow, Transport::udp);
  read_ports(udp, datagram.flow);
  datagram.payload = Bytes(udp + kUdpHeader, length - kUdpHeader);
  datagram.missing_bytes = 0;
  return true;
}

// `size`: of the captured bytes from the IP header on.
bool read_ip(const std::uint8_t* ip, std::size_t size, DecodedPacket& decoded) {
  if (size < kIpHeader || ip[0] != kVersion4Words5 || (u16be(ip + 6) & kFragmentBits) != 0) return false;
  const std::size_t total = u16be(ip + 2);
  if (total < kIpHeader || total > size) return false;
  decoded.cut_short = false;
  switch (ip[9]) {
    case ip::kProtocolTcp:
      return read_tcp(ip, total - kIpHeader, decoded.content);
    case ip::kProtocolUdp:
      return read_udp(ip, total - kIpHeader, decoded.content);
    default:
      return false;
  }
}

}  // namespace

bool decode_common(const capture::RawPacket& packet, DecodedPacket& decoded) {
  constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
  const std::uint8_t* const frame = packet.bytes.data();
  const std::size_t size = packet.bytes.size();
  if (packet.original_length > size) return false;
  switch (packet.link_type) {
    case capture::LinkType::ethernet:
      if (size < kEthernetHeader || u16be(frame + 12) != kEtherTypeIpv4) return false;
      decoded.direction = link::PacketDirection::unknown;
      decoded.interface_index = 0;
      return read_ip(frame + kEthernetHeader, size - kEthernetHeader, decoded);
    case capture::LinkType::linux_sll2:
      if (size < kSll2Header || u16be(frame) != kEtherTypeIpv4) return false;
      decoded.direction =
          frame[10] == kPacketOutgoing ? link::PacketDirection::outgoing : link::PacketDirection::incoming;
      decoded.interface_index = u32be(frame + 4);
      return read_ip(frame + kSll2Header, size - kSll2Header, decoded);
    default:
      return false;
  }
}

}  // namespace logsniffd::packet_path
