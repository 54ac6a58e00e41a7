// A datagram's way through the pipeline.
#include <algorithm>

#include "daemon/framing/netconsole_header.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::pipeline {
namespace {

// Whether the lane's datagrams may belong together, as they do in this decoding.
bool joins_datagrams(const Lane& lane, record::Decode as) {
  const bool datagrams =
      lane.framing.method == framing::Method::automatic || lane.framing.method == framing::Method::datagram;
  return datagrams && (lane.decode == record::Decode::automatic || lane.decode == as);
}
bool reads_chunks(const Lane& lane) { return joins_datagrams(lane, record::Decode::gelf); }
bool reads_netconsole(const Lane& lane) { return joins_datagrams(lane, record::Decode::netconsole); }

}  // namespace

void Pipeline::on_udp(const ip::Datagram& datagram, const capture::RawPacket& packet, const link::LinkPayload& link) {
  const udp::UdpDatagram decoded = udp::decode(datagram);
  if (decoded.verdict == udp::UdpVerdict::truncated_header) return packets_.count(Malformed::udp_header);
  if (decoded.verdict == udp::UdpVerdict::bad_length) return packets_.count(Malformed::udp_length);
  const filter::FilterMask candidates = plan_->filters.candidates(decoded.flow);
  if (candidates == 0) return packets_.count(Ignored::not_watched);
  const std::uint32_t interface_id = link.interface_index != 0 ? link.interface_index : packet.interface_id;
  const udp::SeenAt seen{interface_id, static_cast<std::uint8_t>(link.direction), now_};
  if (duplicates_.is_copy(decoded, seen)) return packets_.count(Ignored::duplicate);
  packets_.decoded.add();

  const bool cut_short = decoded.missing_bytes > 0;
  const bool chunk = framing::is_gelf_chunk(decoded.payload) &&
                     std::any_of(plan_->lanes.begin(), plan_->lanes.end(), [&](const Lane& lane) {
                       return (lane.filters & candidates) != 0 && reads_chunks(lane);
                     });
  std::optional<Bytes> chunked;
  if (chunk) [[unlikely]]
    chunked = gelf_chunks_.add(decoded.flow, decoded.payload, cut_short, now_);
  const bool netconsole =
      framing::may_be_netconsole(decoded.payload) &&
      std::any_of(plan_->lanes.begin(), plan_->lanes.end(),
                  [&](const Lane& lane) { return (lane.filters & candidates) != 0 && reads_netconsole(lane); }) &&
      netconsole_.add({decoded.flow, now_, current_interface_}, decoded.payload, cut_short, *this);

  bool framed = true;
  for (const Lane& lane : plan_->lanes) {
    if ((lane.filters & candidates) == 0) continue;
    const bool put_together = chunk && reads_chunks(lane);
    if (put_together && !chunked) continue;
    if (netconsole && reads_netconsole(lane)) continue;
    const auto number = static_cast<std::uint8_t>(&lane - plan_->lanes.data());
    origin_ = {now_, decoded.flow, current_interface_, candidates & lane.filters, {kDatagram, number}, {}, {}, false};
    framed = framing::frame_datagram(framing_, lane.framing, put_together ? *chunked : decoded.payload,
                                     cut_short && !put_together, *this);
    end_joined(framing::JoinEnd::end);
  }
  if (!framed) records_.empty_datagrams.add();
}

void Pipeline::on_netconsole(const framing::NetconsoleOrigin& origin, Bytes message, Integrity integrity) {
  const filter::FilterMask candidates = plan_->filters.candidates(origin.flow);
  for (const Lane& lane : plan_->lanes) {
    if ((lane.filters & candidates) == 0 || !reads_netconsole(lane)) continue;
    const auto number = static_cast<std::uint8_t>(&lane - plan_->lanes.data());
    origin_ = {origin.seen_at, origin.flow, origin.interface, candidates & lane.filters, {kDatagram, number}, {}, {},
               false};
    framing::frame_message(framing_, lane.framing, message, integrity, *this);
    end_joined(framing::JoinEnd::end);
  }
}

}  // namespace logsniffd::pipeline
