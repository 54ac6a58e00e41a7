#include "daemon/packet_path/packet_path.hpp"

namespace logsniffd::packet_path {

PacketPath::PacketPath(const PacketLimits& limits, InterfaceNames& interfaces, TrafficObserver& observer,
                       std::uint64_t hash_secret)
    : interfaces_(interfaces),
      observer_(observer),
      fragments_(limits.fragments),
      duplicates_(hash_secret),
      connections_(limits.tcp, observer, hash_secret) {}

void PacketPath::set_limits(const PacketLimits& limits) {
  connections_.set_limits(limits.tcp);
  fragments_.set_limits(limits.fragments);
}

void PacketPath::decode(std::span<const capture::RawPacket> packets) {
  const auto burst = std::span(burst_).first(packets.size());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    decode_packet(packets[i], burst[i].decoded);
    look_up(burst[i]);
  }
  if (packets.size() > 1) fetch(burst);
}

void PacketPath::look_up(BurstPacket& looked_up) const {
  const auto* const segment = std::get_if<tcp::SegmentView>(&looked_up.decoded.content);
  looked_up.watched = segment != nullptr && observer_.watches(segment->flow.src.port, segment->flow.dst.port);
  if (looked_up.watched) looked_up.connection = connections_.place_of(*segment);
}

void PacketPath::fetch(std::span<BurstPacket> burst) {
  for (const BurstPacket& looked_up : burst) {
    if (looked_up.watched) connections_.fetch_place(looked_up.connection);
  }
  for (BurstPacket& looked_up : burst) {
    if (looked_up.watched) connections_.fetch_connection(looked_up.connection);
  }
  for (const BurstPacket& looked_up : burst) {
    if (looked_up.watched) connections_.fetch_stream(looked_up.connection);
  }
}

PacketVerdict PacketPath::add(const capture::RawPacket& packet, std::size_t place, PacketTime now) {
  BurstPacket& looked_up = burst_[place];
  counters_.received.add();
  counters_.received_bytes.add(packet.bytes.size());
  if (looked_up.decoded.cut_short) [[unlikely]]
    counters_.truncated.add();
  if (looked_up.watched) [[likely]] {
    auto& segment = *std::get_if<tcp::SegmentView>(&looked_up.decoded.content);
    segment.ingress = interfaces_.number_of(packet.interface);
    connections_.add(segment, looked_up.connection, now);
    counters_.decoded.add();
    return Decoded{};
  }
  const PacketVerdict verdict = follow(packet, looked_up, now);
  counters_.count(verdict);
  return verdict;
}

void PacketPath::report(const capture::RawPacket& packet, std::size_t place, PacketVerdict verdict) {
  const PacketContent& content = burst_[place].decoded.content;
  SeenPacket seen{packet, nullptr, packet.bytes, capture::cut_bytes(packet), verdict};
  const auto describe = [&seen](const auto& payload_of) {
    seen.flow = &payload_of.flow;
    seen.payload = payload_of.payload;
    seen.missing_bytes = payload_of.missing_bytes;
  };
  if (const auto* const segment = std::get_if<tcp::SegmentView>(&content)) describe(*segment);
  if (const auto* const datagram = std::get_if<udp::UdpDatagram>(&content)) describe(*datagram);
  if (std::holds_alternative<Fragment>(content)) return;  // the other parts are missing
  observer_.on_verdict(seen);
}

PacketVerdict PacketPath::follow(const capture::RawPacket& packet, BurstPacket& looked_up, PacketTime now) {
  PacketContent& content = looked_up.decoded.content;
  if (const auto* const fragment = std::get_if<Fragment>(&content)) [[unlikely]] {
    fragments_.expire(now);
    const auto whole = fragments_.add(fragment->part, now);
    if (!whole) return Decoded{};
    decode_transport(*whole, content);
    look_up(looked_up);
  }
  if (auto* const segment = std::get_if<tcp::SegmentView>(&content)) {
    if (!looked_up.watched) return Ignored::not_watched;
    segment->ingress = interfaces_.number_of(packet.interface);
    connections_.add(*segment, looked_up.connection, now);
    return Decoded{};
  }
  if (const auto* const datagram = std::get_if<udp::UdpDatagram>(&content)) {
    return follow(*datagram, looked_up, packet, now);
  }
  if (const auto* const malformed = std::get_if<Malformed>(&content)) return *malformed;
  return std::get<Ignored>(content);
}

PacketVerdict PacketPath::follow(const udp::UdpDatagram& datagram, const BurstPacket& looked_up,
                                 const capture::RawPacket& packet, PacketTime now) {
  const Audience audience = observer_.audience(datagram.flow);
  if (audience == 0) return Ignored::not_watched;
  const std::uint32_t index = looked_up.decoded.interface_index;
  const udp::SeenAt seen{index != 0 ? index : packet.interface_id,
                         static_cast<std::uint8_t>(looked_up.decoded.direction), now};
  if (duplicates_.is_copy(datagram, seen)) return Ignored::duplicate;
  observer_.on_datagram({datagram.flow, datagram.payload, datagram.missing_bytes > 0, now, audience,
                         interfaces_.number_of(packet.interface)});
  return Decoded{};
}

void PacketPath::advance(PacketTime now) {
  connections_.advance(now);
  fragments_.expire(now);
}

void PacketPath::finish(PacketTime now) {
  fragments_.finish();
  connections_.finish(now);
}

}  // namespace logsniffd::packet_path
