#include "daemon/packet_path/packet_decoder.hpp"

#include "daemon/ip/ip_decoder.hpp"
#include "daemon/link/link_decoder.hpp"
#include "daemon/packet_path/common_packet.hpp"
#include "daemon/udp/udp_decoder.hpp"

namespace logsniffd::packet_path {
namespace {

Malformed reason_of(ip::IpVerdict verdict) {
  switch (verdict) {
    case ip::IpVerdict::bad_version:
      return Malformed::ip_version;
    case ip::IpVerdict::bad_length:
      return Malformed::ip_length;
    case ip::IpVerdict::too_many_extensions:
      return Malformed::ip_extensions;
    case ip::IpVerdict::mapped_address:
      return Malformed::ip_mapped;
    case ip::IpVerdict::datagram:
    case ip::IpVerdict::bad_header:
      break;
  }
  return Malformed::ip_header;
}

// REQUIRED: the verdict is not LinkVerdict::ip.
PacketContent reason_of(link::LinkVerdict verdict) {
  switch (verdict) {
    case link::LinkVerdict::unsupported_link_type:
      return Ignored::link_type;
    case link::LinkVerdict::encrypted:
      return Ignored::encrypted;
    case link::LinkVerdict::not_one_packet:
      return Ignored::not_one_packet;
    case link::LinkVerdict::truncated:
      return Malformed::link_truncated;
    case link::LinkVerdict::bad_header:
      return Malformed::link_header;
    case link::LinkVerdict::bad_checksum:
      return Malformed::link_checksum;
    case link::LinkVerdict::too_deep:
      return Malformed::link_depth;
    case link::LinkVerdict::too_many_tags:
      return Malformed::vlan_depth;
    case link::LinkVerdict::too_many_labels:
      return Malformed::mpls_depth;
    case link::LinkVerdict::ip:
    case link::LinkVerdict::not_ip:
      break;
  }
  return Ignored::not_ip;
}

void decode_segment(const ip::Datagram& datagram, PacketContent& content) {
  const tcp::SegmentResult decoded = tcp::decode(datagram);
  if (decoded.verdict == tcp::TcpVerdict::segment) {
    content = decoded.segment;
  } else {
    content = Malformed::tcp_header;
  }
}

void decode_udp(const ip::Datagram& datagram, PacketContent& content) {
  const udp::UdpDatagram decoded = udp::decode(datagram);
  switch (decoded.verdict) {
    case udp::UdpVerdict::datagram:
      content = decoded;
      return;
    case udp::UdpVerdict::truncated_header:
      content = Malformed::udp_header;
      return;
    case udp::UdpVerdict::bad_length:
      content = Malformed::udp_length;
      return;
  }
}

// `cut_bytes`: how many bytes were cut from the end of `bytes`.
void decode_network(Bytes bytes, std::size_t cut_bytes, DecodedPacket& decoded) {
  const ip::IpResult result = ip::decode(bytes, cut_bytes);
  if (result.verdict != ip::IpVerdict::datagram) {
    decoded.content = reason_of(result.verdict);
    return;
  }
  decoded.cut_short = result.datagram.missing_bytes > 0;
  if (result.datagram.fragment) [[unlikely]] {
    decoded.content = Fragment{result.datagram};
  } else {
    decode_transport(result.datagram, decoded.content);
  }
}

}  // namespace

void decode_packet(const capture::RawPacket& packet, DecodedPacket& decoded) {
  if (!decode_common(packet, decoded)) decode_layers(packet, decoded);
}

void decode_layers(const capture::RawPacket& packet, DecodedPacket& decoded) {
  const link::LinkPayload link = link::decode(packet.link_type, packet.bytes, capture::cut_bytes(packet));
  decoded.direction = link.direction;
  decoded.interface_index = link.interface_index;
  decoded.cut_short = false;
  if (link.verdict == link::LinkVerdict::ip) [[likely]]
    return decode_network(link.ip, link.cut_bytes, decoded);
  decoded.content = reason_of(link.verdict);
}

void decode_transport(const ip::Datagram& datagram, PacketContent& content) {
  switch (datagram.protocol) {
    case ip::kProtocolTcp:
      return decode_segment(datagram, content);
    case ip::kProtocolUdp:
      return decode_udp(datagram, content);
    default:
      content = Ignored::protocol;
  }
}

}  // namespace logsniffd::packet_path
