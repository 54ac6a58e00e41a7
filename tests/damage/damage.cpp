#include "tests/damage/damage.hpp"

#include "daemon/ip/ip_decoder.hpp"
#include "daemon/link/link_decoder.hpp"
#include "daemon/tcp/segment.hpp"
#include "daemon/udp/udp_decoder.hpp"

namespace logsniffd::damage {
namespace {

std::size_t offset_in(const StoredPacket& packet, Bytes part) {
  return static_cast<std::size_t>(part.data() - packet.bytes.data());
}

void put_16(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value & 0xff);
}

// The same segment, as its sender would have sent it with less data.
StoredPacket shortened(const StoredPacket& packet, const Dissection& place, std::size_t kept) {
  StoredPacket changed = packet;
  changed.bytes.resize(place.payload_at + kept);
  changed.original_length = static_cast<std::uint32_t>(changed.bytes.size());
  const std::size_t ip_bytes = changed.bytes.size() - place.ip_at;
  const bool version_4 = changed.bytes[place.ip_at] >> 4 == 4;
  constexpr std::size_t kIpv6Header = 40;  // not included in its payload length (RFC 8200, 3)
  put_16(changed.bytes, place.ip_at + (version_4 ? 2 : 4), version_4 ? ip_bytes : ip_bytes - kIpv6Header);
  return changed;
}

bool is_same_connection(const Flow& a, const Flow& b) {
  return a == b || (a.transport == b.transport && a.src == b.dst && a.dst == b.src);
}

}  // namespace

std::optional<Dissection> dissect(const StoredPacket& packet) {
  const std::size_t snapped =
      packet.original_length > packet.bytes.size() ? packet.original_length - packet.bytes.size() : 0;
  const link::LinkPayload link = link::decode(packet.link_type, packet.bytes, snapped);
  if (link.verdict != link::LinkVerdict::ip) return std::nullopt;
  const ip::IpResult ip = ip::decode(link.ip, link.cut_bytes);
  if (ip.verdict != ip::IpVerdict::datagram || ip.datagram.fragment) return std::nullopt;
  Dissection place;
  place.ip_at = offset_in(packet, link.ip);
  Bytes payload;
  if (ip.datagram.protocol == ip::kProtocolTcp) {
    const tcp::SegmentResult tcp = tcp::decode(ip.datagram);
    if (tcp.verdict != tcp::TcpVerdict::segment) return std::nullopt;
    place.flow = tcp.segment.flow;
    place.seq = tcp.segment.seq;
    place.syn = (tcp.segment.flags & tcp::kSyn) != 0;
    payload = tcp.segment.payload;
  } else if (ip.datagram.protocol == ip::kProtocolUdp) {
    const udp::UdpDatagram udp = udp::decode(ip.datagram);
    if (udp.verdict != udp::UdpVerdict::datagram) return std::nullopt;
    place.flow = udp.flow;
    payload = udp.payload;
  } else {
    return std::nullopt;
  }
  place.payload_at = payload.empty() ? packet.bytes.size() : offset_in(packet, payload);
  place.payload_bytes = payload.size();
  return place;
}

std::string to_string(Damage::Kind kind) {
  switch (kind) {
    case Damage::Kind::removed:
      return "removed";
    case Damage::Kind::cut:
      return "cut";
    case Damage::Kind::ended:
      break;
  }
  return "ended";
}

std::vector<Damage> every_damage(const std::vector<StoredPacket>& packets) {
  std::vector<Damage> all;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    all.push_back({Damage::Kind::removed, i});
    for (std::size_t kept = 0; kept < packets[i].bytes.size(); ++kept) all.push_back({Damage::Kind::cut, i, kept});
    const auto place = dissect(packets[i]);
    if (!place || place->flow.transport != Transport::tcp) continue;
    for (std::size_t kept = 0; kept < place->payload_bytes; ++kept) all.push_back({Damage::Kind::ended, i, kept});
  }
  return all;
}

Packets apply(const Damage& damage, const std::vector<StoredPacket>& packets, StoredPacket& changed) {
  const StoredPacket& hit = packets[damage.packet];
  const auto place = dissect(hit);
  if (damage.kind == Damage::Kind::cut) {
    changed = hit;
    changed.bytes.resize(damage.kept);
  } else if (damage.kind == Damage::Kind::ended) {
    changed = shortened(hit, *place, damage.kept);
  }
  Packets left;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == damage.packet) {
      if (damage.kind != Damage::Kind::removed) left.push_back(&changed);
      continue;
    }
    if (damage.kind == Damage::Kind::ended && i > damage.packet) {
      const auto other = dissect(packets[i]);
      if (other && is_same_connection(other->flow, place->flow)) continue;
    }
    left.push_back(&packets[i]);
  }
  return left;
}

}  // namespace logsniffd::damage
