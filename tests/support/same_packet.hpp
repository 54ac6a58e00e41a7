// Whether two ways to decode a packet found the same in it.
#pragma once

#include <variant>

#include "daemon/packet_path/packet_decoder.hpp"

namespace logsniffd::test {

inline bool same_bytes(Bytes a, Bytes b) { return a.size() == b.size() && (a.empty() || a.data() == b.data()); }

inline bool same_content(const tcp::SegmentView& a, const tcp::SegmentView& b) {
  return a.flow == b.flow && a.seq == b.seq && a.ack == b.ack && a.flags == b.flags &&
         same_bytes(a.payload, b.payload) && a.missing_bytes == b.missing_bytes;
}
inline bool same_content(const udp::UdpDatagram& a, const udp::UdpDatagram& b) {
  return a.verdict == b.verdict && a.flow == b.flow && same_bytes(a.payload, b.payload) &&
         a.missing_bytes == b.missing_bytes;
}
inline bool same_content(const packet_path::Fragment& a, const packet_path::Fragment& b) {
  return a.part.src == b.part.src && a.part.dst == b.part.dst && same_bytes(a.part.payload, b.part.payload);
}
inline bool same_content(packet_path::Ignored a, packet_path::Ignored b) { return a == b; }
inline bool same_content(packet_path::Malformed a, packet_path::Malformed b) { return a == b; }

inline bool same_packet(const packet_path::DecodedPacket& a, const packet_path::DecodedPacket& b) {
  if (a.direction != b.direction || a.interface_index != b.interface_index || a.cut_short != b.cut_short) return false;
  if (a.content.index() != b.content.index()) return false;
  return std::visit(
      [&b](const auto& content) { return same_content(content, std::get<std::decay_t<decltype(content)>>(b.content)); },
      a.content);
}

}  // namespace logsniffd::test
