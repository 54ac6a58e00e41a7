// A frame through link, ip and udp. The input is the link type (two bytes, big-endian) and the frame.
#include <cstdlib>
#include <functional>

#include "daemon/base/byte_reader.hpp"
#include "daemon/ip/ip_decoder.hpp"
#include "daemon/link/link_decoder.hpp"
#include "daemon/packet_path/packet_decoder.hpp"
#include "daemon/udp/udp_decoder.hpp"
#include "tests/support/same_packet.hpp"

namespace {

using logsniffd::Bytes;

void require(bool condition) {
  if (!condition) std::abort();
}

// Every view lies within the bytes from which it was cut.
void require_within(Bytes inner, Bytes outer) {
  if (inner.empty()) return;
  const std::less_equal<const std::uint8_t*> not_behind;
  require(not_behind(outer.data(), inner.data()));
  require(not_behind(inner.data() + inner.size(), outer.data() + outer.size()));
}

// The short way for common packets gives what the layers give.
void require_one_result(const logsniffd::capture::RawPacket& packet) {
  logsniffd::packet_path::DecodedPacket either;
  logsniffd::packet_path::DecodedPacket layers;
  logsniffd::packet_path::decode_packet(packet, either);
  logsniffd::packet_path::decode_layers(packet, layers);
  require(logsniffd::test::same_packet(either, layers));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  logsniffd::ByteReader input{Bytes(data, size)};
  const auto link_type = static_cast<logsniffd::capture::LinkType>(input.u16be());
  const Bytes frame = input.rest();
  require_one_result({frame, static_cast<std::uint32_t>(frame.size()), {}, link_type, 0, {}});
  constexpr std::size_t kCut = 1000;  // headers may announce more bytes than are present
  const auto link = logsniffd::link::decode(link_type, frame, kCut);
  if (link.verdict != logsniffd::link::LinkVerdict::ip) return 0;
  require_within(link.ip, frame);
  require(link.cut_bytes <= kCut || link.cut_bytes == logsniffd::link::kUnknownCut);

  const auto ip = logsniffd::ip::decode(link.ip, link.cut_bytes);
  if (ip.verdict != logsniffd::ip::IpVerdict::datagram) return 0;
  require_within(ip.datagram.payload, link.ip);
  if (ip.datagram.fragment || ip.datagram.protocol != logsniffd::ip::kProtocolUdp) return 0;

  const auto udp = logsniffd::udp::decode(ip.datagram);
  if (udp.verdict != logsniffd::udp::UdpVerdict::datagram) return 0;
  require_within(udp.payload, ip.datagram.payload);
  require(udp.payload.size() + udp.missing_bytes + 8 <= ip.datagram.payload.size() + ip.datagram.missing_bytes);
  return 0;
}
