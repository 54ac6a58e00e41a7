// The streams of RecordPath: a framer for each lane that wants one.
#include <algorithm>
#include <utility>

#include "daemon/record_path/lane_frames.hpp"
#include "daemon/record_path/record_path.hpp"

namespace logsniffd::record_path {

std::optional<tcp::StreamHandle> RecordPath::on_open(tcp::StreamId id, const Flow& flow, tcp::StreamStart start) {
  const filter::FilterMask candidates = wanting(*plan_, flow);
  if (candidates == 0) return std::nullopt;
  const tcp::StreamHandle handle = streams_.acquire();
  Stream& stream = streams_[handle];
  const bool joined_late = start == tcp::StreamStart::mid_stream;
  stream = {candidates, now_, {}, SilentStreams::kNone, joined_late};
  count(candidates, [&](FilterFigures& filter) {
    ++filter.streams;
    if (joined_late) ++filter.joined_late;
  });
  for (std::size_t i = 0; i < plan_->lanes.size(); ++i) {
    const Lane& lane = plan_->lanes[i];
    if ((lane.filters & candidates) == 0) continue;
    stream.lanes.push_back({framing::StreamFramer(lane.framing, joined_late), static_cast<std::uint8_t>(i)});
  }
  if (!taps_at(TapPoint::stream).empty()) [[unlikely]]
    show(flow, kNoInterface, candidates, id.index(),
         {.kind = TapEvent::Kind::opened, .reason = tcp::kStreamStartNames[static_cast<std::size_t>(start)]});
  return handle;
}

void RecordPath::on_bytes(const tcp::StreamView& view, Bytes bytes, PacketTime seen_at) {
  Stream& stream = streams_[view.handle];
  if (!taps_at(TapPoint::stream).empty()) [[unlikely]]
    show(view, {.kind = TapEvent::Kind::bytes, .bytes = bytes.size()}, bytes);
  const PacketTime earlier = std::exchange(stream.last_bytes_at, seen_at);
  count_traffic(stream.candidates, 0, bytes.size(), seen_at);
  bool waits = false;
  for (LaneFramer& lane : stream.lanes) {
    const PacketTime held_since = lane.framer.is_holding() ? lane.framer.held_since() : seen_at;
    LaneFrames frames(*this, view, stream, lane.lane, held_since, earlier);
    lane.framer.bytes(framing_, plan_->lanes[lane.lane].framing, bytes, frames);
    if (!lane.framer.is_holding()) continue;
    lane.framer.set_held_since(frames.framed() ? seen_at : held_since);
    waits = waits || lane.framer.waits_for_quiet();
  }
  if (waits || stream.silent_place != SilentStreams::kNone) expect_silence(stream, view.id, waits);
}

// Notes whether the stream must be asked again when nothing more arrives.
void RecordPath::expect_silence(Stream& stream, tcp::StreamId id, bool waits) {
  if (waits) {
    silent_.wait(stream.silent_place, id, stream.last_bytes_at);
  } else {
    silent_.leave(stream.silent_place);
  }
}

// Data held by streams that have been silent for long may be complete. Bytes behind a hole are not silence.
void RecordPath::end_silences() {
  while (const auto id = silent_.due(now_)) {
    const tcp::StreamView view = source_->view(*id);
    Stream& stream = streams_[view.handle];
    if (source_->holds_bytes(*id)) {
      silent_.wait(stream.silent_place, *id, now_);
      continue;
    }
    silent_.leave(stream.silent_place);
    for (LaneFramer& lane : stream.lanes) {
      LaneFrames frames(*this, view, stream, lane.lane);
      lane.framer.quiet(framing_, plan_->lanes[lane.lane].framing, frames);
    }
  }
}

void RecordPath::on_gap(const tcp::StreamView& view, std::uint64_t missing_bytes, PacketTime) {
  if (missing_bytes > 0) unread_.add(view.id, view.key, {.missing = missing_bytes});
  Stream& stream = streams_[view.handle];
  if (!taps_at(TapPoint::stream).empty()) [[unlikely]]
    show(view, {.kind = TapEvent::Kind::gap, .bytes = missing_bytes});
  for (LaneFramer& lane : stream.lanes) {
    LaneFrames frames(*this, view, stream, lane.lane);
    lane.framer.gap(framing_, plan_->lanes[lane.lane].framing, frames);
    end_joined(frames.origin(), framing::JoinEnd::gap);
  }
  // Without the handshake, a forged segment may have named the ends, before bytes that do not follow it.
  if (stream.joined_late) proxied_.erase(view.id.index());
}

void RecordPath::on_end(const tcp::StreamView& view, tcp::StreamEnd end, PacketTime) {
  Stream& stream = streams_[view.handle];
  if (!taps_at(TapPoint::stream).empty()) [[unlikely]]
    show(view, {.kind = TapEvent::Kind::end, .reason = tcp::kStreamEndNames[static_cast<std::size_t>(end)]});
  for (LaneFramer& lane : stream.lanes) {
    LaneFrames frames(*this, view, stream, lane.lane);
    lane.framer.end(framing_, plan_->lanes[lane.lane].framing, frames);
    end_joined(frames.origin(), framing::JoinEnd::end);
  }
  volume_.end_stream(view.id.index(), *this);
  stream.lanes.clear();
  silent_.leave(stream.silent_place);
  proxied_.erase(view.id.index());
  marks_.erase(view.id.index());
  streams_.release(view.handle);
}

// The current line is not broken off: if the bytes are a stray's, it is not affected. But nobody knows that, so the
// next record says that something was lost.
void RecordPath::on_unread(tcp::StreamId id, const tcp::FlowKey& key, std::optional<tcp::StreamHandle> open,
                           tcp::Unread why, std::uint64_t bytes) {
  if (!open && wanting(*plan_, tcp::flow_of(key, id.direction)) == 0) return;
  unread_.add(id, key, UnreadBytes::of(why, bytes));
  if (open) mark(id, streams_[*open]);
}

void RecordPath::mark(tcp::StreamId id, const Stream& stream) {
  LaneMask& lanes = marks_[id.index()];
  for (const LaneFramer& lane : stream.lanes) lanes |= LaneMask{1} << lane.lane;
}

// record_ is complete. It carries the mark if it is the first of its stream and lane since they were marked.
void RecordPath::take_mark(framing::JoinKey key) {
  const auto found = marks_.find(key.stream);
  const LaneMask lane = LaneMask{1} << key.lane;
  if (found == marks_.end() || (found->second & lane) == 0) return;
  found->second &= ~lane;
  if (found->second == 0) marks_.erase(found);
  if (record_.integrity == Integrity::whole) record_.integrity = Integrity::gap;
}

void RecordPath::on_proxied(const framing::RecordOrigin& origin, const framing::ProxiedEnds& ends) {
  const auto port = [](const Endpoint& end) { return std::to_string(end.port); };
  proxied_[origin.key.stream] = {ends.src.address.to_string(), port(ends.src), ends.dst.address.to_string(),
                                 port(ends.dst)};
}

// Adds the ends that a load balancer named as fields of the record.
void RecordPath::add_proxied_ends(std::uint32_t stream) {
  const auto found = proxied_.find(stream);
  if (found == proxied_.end()) return;
  for (std::size_t i = 0; i < kProxyFields.size(); ++i)
    decoder_.add_field(record_, {kProxyFields[i], found->second[i]});
}

// Keeps the framers of lanes that frame as before; the others give out what they hold, under the old plan,
// and start again.
void RecordPath::replan(const tcp::StreamView& view, const RoutingPlan& plan) {
  Stream& stream = streams_[view.handle];
  const filter::FilterMask candidates = wanting(plan, view.flow());
  absl::InlinedVector<LaneFramer, 1> lanes;
  for (std::size_t i = 0; i < plan.lanes.size(); ++i) {
    if ((plan.lanes[i].filters & candidates) == 0) continue;
    const auto same = std::find_if(stream.lanes.begin(), stream.lanes.end(), [&](const LaneFramer& old) {
      return plan_->lanes[old.lane].framing == plan.lanes[i].framing;
    });
    if (same == stream.lanes.end()) {
      lanes.push_back({framing::StreamFramer(plan.lanes[i].framing, true), static_cast<std::uint8_t>(i)});
      continue;
    }
    lanes.push_back({std::move(same->framer), static_cast<std::uint8_t>(i)});
    stream.lanes.erase(same);
  }
  for (LaneFramer& left : stream.lanes) {
    LaneFrames frames(*this, view, stream, left.lane);
    left.framer.end(framing_, plan_->lanes[left.lane].framing, frames);
    end_joined(frames.origin(), framing::JoinEnd::end);
  }
  stream.lanes = std::move(lanes);
  stream.candidates = candidates;
  if (marks_.erase(view.id.index()) > 0) mark(view.id, stream);  // lanes have other numbers
}

}  // namespace logsniffd::record_path
