#include "daemon/tcp/reassembler.hpp"

#include <algorithm>
#include <cassert>

namespace logsniffd::tcp {

void Reassembler::synchronize(std::uint32_t first_seq, StreamStart start) {
  assert(state_ == State::unsynchronized);
  space_ = SequenceSpace(first_seq);
  state_ = State::open;
  start_ = start;
}

bool Reassembler::in_window(std::uint32_t seq, StreamOffset window) const {
  const StreamOffset ahead = space_.offset_near(seq, next_) - next_;
  return synchronized() && ahead >= 0 && ahead <= window;
}

void Reassembler::add(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq,
                      const SegmentView& segment, PacketTime seen_at) {
  const Bytes payload = segment.payload;
  const StreamOffset offset = space_.offset_near(seq, next_);
  StreamOffset end = offset + static_cast<StreamOffset>(payload.size());
  context.counters.seen.add(payload.size());

  if (state_ == State::ended) {
    (end <= next_ ? context.counters.duplicate : context.counters.discarded_after_end).add(payload.size());
    return;
  }
  if (!payload.empty()) {
    if (!ensure_opened(context, who)) {
      context.counters.discarded_unwanted.add(payload.size());
      if (end > next_ && end - next_ <= kMaxWindow) next_ = end;
    } else if (offset == next_ && !wait_) [[likely]] {
      deliver(context, who, payload, seen_at);
    } else {
      add_out_of_order(context, who, offset, payload, seen_at);
    }
  }
  if (segment.missing_bytes > 0) {
    end += segment.missing_bytes;
    // What the snapshot length cut will not come again: no need to wait for it.
    if (offset <= next_ && end > next_ && ensure_opened(context, who)) {
      declare_gap(context, who, end, seen_at);
      drain_held(context, who, seen_at);
      settle(context, who, seen_at);
    }
  }
  if (segment.flags & kFin) note_fin(context, who, end, seen_at);
}

void Reassembler::acknowledge(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t ack,
                              PacketTime seen_at) {
  StreamOffset acked = space_.offset_near(ack, next_);
  if (acked <= next_) [[likely]]
    return;
  if (state_ == State::ended || acked - next_ > kMaxWindow) return;
  if (fin_ != kNoFin && acked == fin_ + 1) {  // the FIN itself takes one sequence number
    if (next_ == fin_) return end(context, who, StreamEnd::fin, seen_at);
    acked = fin_;
  }
  // One number beyond what was seen is as well a FIN that the capture lost: no proof of a hole.
  if (!wait_ && acked == next_ + 1) return;
  if (!ensure_opened(context, who)) return;
  begin_wait(context, who, seen_at);
  wait_->acked_until = std::max(wait_->acked_until, acked);
  context.waiting_room.acknowledged(*wait_, seen_at);
}

void Reassembler::give_up_hole(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now) {
  assert(wait_);
  StreamOffset until = next_;
  if (wait_->acked_until > next_) {
    until = wait_->empty() ? wait_->acked_until : std::min(wait_->acked_until, wait_->first_offset());
  } else if (!wait_->empty()) {
    until = wait_->first_offset();
  } else if (fin_ != kNoFin) {
    until = fin_;
  }
  if (until > next_) declare_gap(context, who, until, now);
  drain_held(context, who, now);
  if (next_ == fin_ && wait_->empty()) return end(context, who, StreamEnd::fin, now);
  settle(context, who, now);
}

void Reassembler::finish(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd reason,
                         PacketTime now) {
  if (state_ != State::open) {
    state_ = State::ended;
    return;
  }
  while (wait_ && !wait_->empty()) {
    declare_gap(context, who, wait_->first_offset(), now);
    drain_held(context, who, now);
  }
  if (wait_) {
    const StreamOffset known_end = std::max(wait_->acked_until, fin_ == kNoFin ? next_ : fin_);
    if (known_end > next_ && opened_) declare_gap(context, who, known_end, now);
  }
  end(context, who, reason, now);
}

void Reassembler::reconsider() {
  if (wanted_) return;
  opened_ = false;
  wanted_ = true;
  start_ = StreamStart::mid_stream;
}

bool Reassembler::ensure_opened(const ReassemblyContext& context, const StreamIdentity& who) {
  if (!opened_) [[unlikely]] {
    opened_ = true;
    wanted_ = context.observer.on_open(who.id, flow_of(who.key, who.id.direction), start_);
  }
  return wanted_;
}

void Reassembler::deliver(const ReassemblyContext& context, const StreamIdentity& who, Bytes bytes,
                          PacketTime seen_at) {
  next_ += static_cast<StreamOffset>(bytes.size());
  context.counters.delivered.add(bytes.size());
  context.observer.on_bytes(who.id, bytes, seen_at);
}

void Reassembler::declare_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset until,
                              PacketTime seen_at) {
  const auto missing = static_cast<std::uint64_t>(until - next_);
  next_ = until;
  context.counters.gaps.add();
  context.counters.gap_bytes.add(missing);
  context.observer.on_gap(who.id, missing, seen_at);
}

void Reassembler::add_out_of_order(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                                   Bytes payload, PacketTime seen_at) {
  if (offset - next_ > kMaxWindow || next_ - offset > kMaxWindow) {
    context.counters.outside_window.add(payload.size());
    return;
  }
  if (offset < next_) {
    const auto old = std::min(payload.size(), static_cast<std::size_t>(next_ - offset));
    context.counters.duplicate.add(old);
    payload = payload.subspan(old);
    offset += static_cast<StreamOffset>(old);
    if (payload.empty()) return;
  }
  if (offset + static_cast<StreamOffset>(payload.size()) > fin_) {
    fin_ = kNoFin;
    context.counters.early_fins.add();
  }
  if (offset > next_) {
    begin_wait(context, who, seen_at);
    const std::uint64_t before = wait_->held_bytes();
    const Wait::Held held = wait_->hold(offset, payload);
    context.waiting_room.charge(before, wait_->held_bytes());
    context.counters.buffered.add(held.kept);
    context.counters.duplicate.add(held.duplicate);
    context.counters.conflicts.add(held.conflicts);
    return;
  }
  while (!payload.empty()) {
    const bool behind = wait_ && !wait_->empty();
    const std::size_t fits =
        behind ? std::min(payload.size(), static_cast<std::size_t>(wait_->first_offset() - next_)) : payload.size();
    if (fits > 0) deliver(context, who, payload.first(fits), seen_at);
    payload = payload.subspan(fits);
    if (payload.empty()) break;
    // The rest lies on a piece that came first: that one wins.
    const Bytes piece = wait_->first_piece();
    const std::size_t overlap = std::min(piece.size(), payload.size());
    context.counters.duplicate.add(overlap);
    if (!std::equal(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(overlap), payload.begin())) {
      context.counters.conflicts.add();
    }
    payload = payload.subspan(overlap);
    deliver(context, who, piece, seen_at);
    pop_held(context);
  }
  drain_held(context, who, seen_at);
  settle(context, who, seen_at);
}

void Reassembler::drain_held(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  while (wait_ && !wait_->empty() && wait_->first_offset() <= next_) {
    // A gap may have been declared into a held piece (a snapshot cut): only what lies behind it is new.
    const Bytes piece = wait_->first_piece();
    const auto old = std::min(piece.size(), static_cast<std::size_t>(next_ - wait_->first_offset()));
    context.counters.duplicate.add(old);
    if (old < piece.size()) deliver(context, who, piece.subspan(old), seen_at);
    pop_held(context);
  }
}

void Reassembler::note_fin(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at,
                           PacketTime seen_at) {
  if (at < next_ || at - next_ > kMaxWindow || state_ != State::open) return;
  if (!opened_ || !wanted_) {  // nothing was said, or nobody listens: no reason to wait for the acknowledgement
    state_ = State::ended;
    return;
  }
  fin_ = at;
  begin_wait(context, who, seen_at);
}

void Reassembler::settle(const ReassemblyContext& context, const StreamIdentity&, PacketTime seen_at) {
  if (!wait_) return;
  if (wait_->empty() && wait_->acked_until <= next_ && fin_ == kNoFin) {
    context.waiting_room.charge(wait_->held_bytes(), 0);
    wait_.reset();
    return;
  }
  context.waiting_room.enter(*wait_, seen_at);
  if (wait_->acked_until > next_) context.waiting_room.acknowledged(*wait_, seen_at);
}

void Reassembler::end(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd reason,
                      PacketTime seen_at) {
  if (wait_) context.waiting_room.charge(wait_->held_bytes(), 0);
  wait_.reset();
  state_ = State::ended;
  if (opened_ && wanted_) context.observer.on_end(who.id, reason, seen_at);
}

void Reassembler::begin_wait(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  if (wait_) return;
  wait_ = std::make_unique<Wait>(who.id);
  context.waiting_room.enter(*wait_, seen_at);
}

void Reassembler::pop_held(const ReassemblyContext& context) {
  const std::uint64_t before = wait_->held_bytes();
  context.counters.buffered.subtract(wait_->first_piece().size());
  wait_->pop_first();
  context.waiting_room.charge(before, wait_->held_bytes());
}

}  // namespace logsniffd::tcp
