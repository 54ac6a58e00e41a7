#include "daemon/packet_path/common_packet.hpp"

#include <boost/endian/conversion.hpp>

#include "daemon/link/link_numbers.hpp"

namespace logsniffd::packet_path {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kSll2Header = 20;
constexpr std::size_t kVlanTag = 4;
constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kLeastTcpHeader = 20;
constexpr std::size_t kUdpHeader = 8;
constexpr std::uint8_t kVersion4Words5 = 0x45;   // version 4, and a header of five words: no options
constexpr std::uint16_t kFragmentBits = 0x3fff;  // more fragments, offset

using boost::endian::load_big_u16;
using boost::endian::load_big_u32;

// Returns the content as this kind. Replaces it only if it is of another kind.
template <class Content>
Content& as(PacketContent& content) {
  auto* const same = std::get_if<Content>(&content);
  return same != nullptr ? *same : content.emplace<Content>();
}

struct Addresses {
  Address src;
  Address dst;
};

void set_flow(const Addresses& addresses, Transport transport, const std::uint8_t* ports, Flow& flow) {
  flow.src.address = addresses.src;
  flow.dst.address = addresses.dst;
  flow.transport = transport;
  flow.src.port = load_big_u16(ports);
  flow.dst.port = load_big_u16(ports + 2);
}

bool read_tcp(const Addresses& addresses, const std::uint8_t* tcp, std::size_t size, PacketContent& content) {
  if (size < kLeastTcpHeader) return false;
  const std::size_t header = static_cast<std::size_t>(tcp[12] >> 4) * 4;
  if (header < kLeastTcpHeader || header > size) return false;
  auto& segment = as<tcp::SegmentView>(content);
  set_flow(addresses, Transport::tcp, tcp, segment.flow);
  segment.seq = load_big_u32(tcp + 4);
  segment.ack = load_big_u32(tcp + 8);
  segment.flags = tcp[13];
  segment.payload = Bytes(tcp + header, size - header);
  segment.missing_bytes = 0;
  segment.ingress = 0;
  return true;
}

bool read_udp(const Addresses& addresses, const std::uint8_t* udp, std::size_t size, PacketContent& content) {
  if (size < kUdpHeader) return false;
  const std::size_t length = load_big_u16(udp + 4);
  if (length < kUdpHeader || length > size) return false;
  auto& datagram = as<udp::UdpDatagram>(content);
  datagram.verdict = udp::UdpVerdict::datagram;
  set_flow(addresses, Transport::udp, udp, datagram.flow);
  datagram.payload = Bytes(udp + kUdpHeader, length - kUdpHeader);
  datagram.missing_bytes = 0;
  return true;
}

bool read_transport(std::uint8_t protocol, const Addresses& addresses, const std::uint8_t* transport, std::size_t size,
                    DecodedPacket& decoded) {
  decoded.cut_short = false;
  switch (protocol) {
    case ip::kProtocolTcp:
      return read_tcp(addresses, transport, size, decoded.content);
    case ip::kProtocolUdp:
      return read_udp(addresses, transport, size, decoded.content);
    default:
      return false;
  }
}

// For read_ipv4() and read_ipv6(), `size` counts the captured bytes from the IP header on.
bool read_ipv4(const std::uint8_t* ip, std::size_t size, DecodedPacket& decoded) {
  if (size < kIpv4Header || ip[0] != kVersion4Words5 || (load_big_u16(ip + 6) & kFragmentBits) != 0) return false;
  const std::size_t total = load_big_u16(ip + 2);
  if (total < kIpv4Header || total > size) return false;
  const Addresses addresses{Address::from_ipv4({ip + 12, 4}), Address::from_ipv4({ip + 16, 4})};
  return read_transport(ip[9], addresses, ip + kIpv4Header, total - kIpv4Header, decoded);
}

bool read_ipv6(const std::uint8_t* ip, std::size_t size, DecodedPacket& decoded) {
  if (size < kIpv6Header || ip[0] >> 4 != 6) return false;
  const std::size_t length = load_big_u16(ip + 4);
  if (length == 0 || kIpv6Header + length > size) return false;
  const Addresses addresses{Address::from_ipv6({ip + 8, Address::kSize}),
                            Address::from_ipv6({ip + 24, Address::kSize})};
  if (addresses.src.is_ipv4() || addresses.dst.is_ipv4()) return false;
  return read_transport(ip[6], addresses, ip + kIpv6Header, length, decoded);
}

bool read_ip(std::uint16_t ether_type, const std::uint8_t* ip, std::size_t size, DecodedPacket& decoded) {
  if (ether_type == link::kEtherTypeIpv4) [[likely]]
    return read_ipv4(ip, size, decoded);
  return ether_type == link::kEtherTypeIpv6 && read_ipv6(ip, size, decoded);
}

}  // namespace

bool decode_common(const capture::RawPacket& packet, DecodedPacket& decoded) {
  const std::uint8_t* const frame = packet.bytes.data();
  const std::size_t size = packet.bytes.size();
  if (packet.original_length > size) return false;
  switch (packet.link_type) {
    case capture::LinkType::ethernet: {
      if (size < kEthernetHeader + kVlanTag) return false;
      const bool tagged = load_big_u16(frame + 12) == link::kTag8021Q;
      const std::size_t header = kEthernetHeader + (tagged ? kVlanTag : 0);
      decoded.direction = link::PacketDirection::unknown;
      decoded.interface_index = 0;
      return read_ip(load_big_u16(frame + header - 2), frame + header, size - header, decoded);
    }
    case capture::LinkType::linux_sll2:
      if (size < kSll2Header) return false;
      decoded.direction =
          frame[10] == link::kPacketOutgoing ? link::PacketDirection::outgoing : link::PacketDirection::incoming;
      decoded.interface_index = load_big_u32(frame + 4);
      return read_ip(load_big_u16(frame), frame + kSll2Header, size - kSll2Header, decoded);
    default:
      return false;
  }
}

}  // namespace logsniffd::packet_path
