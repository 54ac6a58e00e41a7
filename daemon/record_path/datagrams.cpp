// The datagrams of RecordPath: each holds one or more records, or a part of a message that spans several datagrams.
#include <algorithm>

#include "daemon/framing/netconsole_header.hpp"
#include "daemon/record_path/lane_frames.hpp"
#include "daemon/record_path/record_path.hpp"

namespace logsniffd::record_path {
namespace {

// True if the lane's datagrams may belong together, as they do in this decoding.
bool joins_datagrams(const Lane& lane, record::Decode as) {
  const bool datagrams =
      lane.framing.method == framing::Method::automatic || lane.framing.method == framing::Method::datagram;
  return datagrams && (lane.decode == record::Decode::automatic || lane.decode == as);
}
bool reads_chunks(const Lane& lane) { return joins_datagrams(lane, record::Decode::gelf); }
bool reads_netconsole(const Lane& lane) { return joins_datagrams(lane, record::Decode::netconsole); }

}  // namespace

bool RecordPath::any_lane(filter::FilterMask audience, bool (*reads)(const Lane&)) const {
  return std::any_of(plan_->lanes.begin(), plan_->lanes.end(),
                     [&](const Lane& lane) { return (lane.filters & audience) != 0 && reads(lane); });
}

void RecordPath::on_datagram(const packet_path::SeenDatagram& datagram) {
  framing::RecordOrigin origin{.flow = datagram.flow,
                               .seen_at = datagram.seen_at,
                               .audience = datagram.audience,
                               .key = {kDatagram, 0},
                               .interface = datagram.interface};
  count_traffic(datagram.audience, 1, datagram.payload.size(), datagram.seen_at);
  if (!taps_at(TapPoint::stream).empty()) [[unlikely]] {
    const std::string_view cut = datagram.cut_short ? "cut_short" : "";
    show(datagram.flow, datagram.interface, datagram.audience, kDatagram,
         {.kind = TapEvent::Kind::datagram, .reason = cut, .bytes = datagram.payload.size()}, datagram.payload);
  }
  const bool chunk = framing::is_gelf_chunk(datagram.payload) && any_lane(datagram.audience, reads_chunks);
  std::optional<Bytes> chunked;
  if (chunk) [[unlikely]]
    chunked = gelf_chunks_.add(datagram.flow, datagram.payload, datagram.cut_short, datagram.seen_at);
  const bool netconsole = framing::may_be_netconsole(datagram.payload) &&
                          any_lane(datagram.audience, reads_netconsole) &&
                          netconsole_.add(origin, datagram.payload, datagram.cut_short, *this);
  netconsole_waits_ = netconsole_waits_ || netconsole;

  bool framed = true;
  for (std::size_t i = 0; i < plan_->lanes.size(); ++i) {
    const Lane& lane = plan_->lanes[i];
    origin.audience = datagram.audience & lane.filters;
    if (origin.audience == 0) continue;
    const bool put_together = chunk && reads_chunks(lane);
    if (put_together && !chunked) continue;
    if (netconsole && reads_netconsole(lane)) continue;
    origin.key.lane = static_cast<std::uint8_t>(i);
    LaneFrames frames(*this, origin);
    framed = framing::frame_datagram(framing_, lane.framing, put_together ? *chunked : datagram.payload,
                                     datagram.cut_short && !put_together, frames);
    end_joined(origin, framing::JoinEnd::end);
  }
  if (!framed) records_.empty_datagrams.add();
}

void RecordPath::on_netconsole(const framing::RecordOrigin& seen, Bytes message, Integrity integrity) {
  framing::RecordOrigin origin = seen;
  for (std::size_t i = 0; i < plan_->lanes.size(); ++i) {
    const Lane& lane = plan_->lanes[i];
    origin.audience = seen.audience & lane.filters;
    if (origin.audience == 0 || !reads_netconsole(lane)) continue;
    origin.key.lane = static_cast<std::uint8_t>(i);
    LaneFrames frames(*this, origin);
    framing::frame_message(framing_, lane.framing, message, integrity, frames);
    end_joined(origin, framing::JoinEnd::end);
  }
}

void RecordPath::expire_netconsole() {
  netconsole_.expire(now_, *this);
  netconsole_waits_ = netconsole_.expire_within(now_).has_value();
}

void RecordPath::finish_datagrams() {
  gelf_chunks_.finish();
  netconsole_.finish(*this);
}

}  // namespace logsniffd::record_path
