#include "daemon/tcp/reassembler.hpp"

#include <algorithm>
#include <cassert>

namespace logsniffd::tcp {

void Reassembler::synchronize(std::uint32_t first_seq, StreamStart start) {
  assert(state_ == State::unsynchronized);
  space_ = SequenceSpace(first_seq);
  next_ = 0;
  state_ = State::silent;
  start_ = start;
}

bool Reassembler::may_start_at(std::uint32_t first_seq) const {
  const StreamOffset at = space_.offset(first_seq, next_);
  return at == 0 || (start_ == StreamStart::mid_stream && at < 0 && at >= -kTrustedAhead && next_ <= kTrustedAhead);
}

bool Reassembler::may_continue_at(std::uint32_t seq) const {
  const StreamOffset at = space_.offset(seq, next_);
  return synchronized() && at >= next_ && at <= seen_until() + kTrustedAhead;
}

void Reassembler::add(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq,
                      const SegmentView& segment, PacketTime seen_at) {
  const Bytes payload = segment.payload;
  const StreamOffset offset = space_.offset(seq, next_);
  StreamOffset end = offset + static_cast<StreamOffset>(payload.size());
  context.counters.seen.add(payload.size());

  if (state_ == State::flowing && offset == next_ && !wait_ && !payload.empty()) [[likely]] {
    deliver(context, who, payload, seen_at);
  } else if (!payload.empty()) {
    add_payload(context, who, offset, payload, seen_at);
  }
  if (segment.missing_bytes > 0) [[unlikely]] {
    end += segment.missing_bytes;
    // What the snapshot length cut will not come again: no need to wait for it.
    if (!ended() && offset <= next_ && end > next_ && ensure_opened(context, who)) {
      declare_gap(context, who, end, seen_at);
      drain_held(context, who);
      settle(context, seen_at);
    }
  }
  if (segment.flags & kFin) [[unlikely]]
    note_fin(context, who, end, seen_at);
}

// Everything but the next bytes of a stream that waits for nothing.
void Reassembler::add_payload(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                              Bytes payload, PacketTime seen_at) {
  const StreamOffset end = offset + static_cast<StreamOffset>(payload.size());
  if (state_ == State::ended_unproven && end > next_ && end - next_ <= kTrustedAhead) {
    context.counters.early_fins.add();
    state_ = State::silent;  // the observer is asked again
  }
  if (ended()) {
    (end <= next_ ? context.counters.duplicate : context.counters.discarded_after_end).add(payload.size());
    return;
  }
  if (!ensure_opened(context, who)) {
    context.counters.discarded_unwanted.add(payload.size());
    next_ = end;  // where it was heard last: should that be a stray, the next segment corrects it
    return;
  }
  if (offset < next_) {
    const auto old = std::min(payload.size(), static_cast<std::size_t>(next_ - offset));
    add_old(context, who, offset, old, seen_at);
    payload = payload.subspan(old);
    offset += static_cast<StreamOffset>(old);
    if (payload.empty()) return;
  }
  if (wait_ && end > wait_->fin_at) {
    wait_->fin_at = Wait::kNoFin;
    context.counters.early_fins.add();
  }
  if (offset > next_) return add_ahead(context, who, offset, payload, seen_at);
  add_next(context, who, payload, seen_at);
}

void Reassembler::add_ahead(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                            Bytes payload, PacketTime seen_at) {
  Wait& wait = begin_wait(context, who, seen_at);
  const std::uint64_t before = wait.charged_bytes();
  const HeldPieces::Held held = wait.held.hold(offset, payload, seen_at);
  context.waiting_room.charge(before, wait.charged_bytes());
  context.counters.buffered.add(held.kept);
  context.counters.duplicate.add(held.duplicate);
  context.counters.conflicts.add(held.conflicts);
}

// Payload that begins with what is expected.
void Reassembler::add_next(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload,
                           PacketTime seen_at) {
  while (!payload.empty()) {
    const std::size_t fits =
        holds() ? std::min(payload.size(), static_cast<std::size_t>(wait_->held.first_offset() - next_))
                : payload.size();
    if (fits > 0) deliver(context, who, payload.first(fits), seen_at);
    payload = payload.subspan(fits);
    if (payload.empty()) break;
    // The rest lies on a piece that came first: that one wins.
    const Bytes piece = wait_->held.first_bytes();
    const std::size_t overlap = std::min(piece.size(), payload.size());
    context.counters.duplicate.add(overlap);
    if (!std::equal(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(overlap), payload.begin())) {
      context.counters.conflicts.add();
    }
    payload = payload.subspan(overlap);
    deliver(context, who, piece, wait_->held.first_seen_at());
    pop_held(context);
  }
  drain_held(context, who);
  // The sender goes on here: what lies far away, and was continued by nothing all the time, is not of this stream.
  if (holds() && first_held_is_doubtful() &&
      seen_at - wait_->held.first_seen_at() >= context.waiting_room.hole_wait()) {
    drop_held(context);
  }
  settle(context, seen_at);
}

// Payload before what is expected: a duplicate, unless it was given up.
void Reassembler::add_old(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                          std::size_t size, PacketTime seen_at) {
  const StreamOffset end = offset + static_cast<StreamOffset>(size);
  if (!gapped_ && start_ == StreamStart::mid_stream && offset < 0) {
    gapped_ = true;
    context.gaps.of(who.id).add(-kReachBack, 0);
  }
  if (!gapped_) return context.counters.duplicate.add(size);
  StreamGaps& gaps = context.gaps.of(who.id);
  const std::uint64_t late = gaps.late_bytes(offset, end);
  context.counters.late.add(late);
  context.counters.duplicate.add(size - late);
  // In a gap so long that it may never have been one: where late bytes follow each other for hole_wait, and nothing
  // came of what is expected, the sender is there.
  if (gaps.within_long_gap(offset, end, kTrustedAhead) &&
      gaps.follow(offset, end, next_, seen_at) >= context.waiting_room.hole_wait()) {
    return_to_sender(context, who, end, seen_at);
  }
}

// What follows the byte before `end` is what is expected next.
void Reassembler::return_to_sender(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset end,
                                   PacketTime seen_at) {
  context.counters.returns.add();
  while (holds()) drop_held(context);
  if (wait_) end_wait(context);
  const std::uint32_t seq = space_.seq_at(end);
  declare_gap(context, who, next_ + context.gaps.of(who.id).run_bytes(), seen_at);
  space_.move(seq, next_);
}

void Reassembler::acknowledge(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t ack,
                              PacketTime seen_at) {
  StreamOffset acked = space_.offset(ack, next_);
  if (acked <= next_ || state_ == State::unwanted) [[likely]]
    return;
  if (ended()) {
    if (state_ == State::ended_unproven && acked == next_ + 1) state_ = State::ended;  // a FIN takes one number
    return;
  }
  if (wait_ && acked == wait_->fin_at + 1) {
    if (next_ == wait_->fin_at) return end(context, who, StreamEnd::fin, seen_at);
    acked = wait_->fin_at;
  }
  if (acked > seen_until() + kTrustedAhead) {
    Wait& wait = begin_wait(context, who, seen_at);
    const bool confirms = wait.doubted_ack != 0 && acked >= wait.doubted_ack &&
                          (acked > wait.doubted_ack || seen_at - wait.doubted_ack_at >= kAckGrace);
    if (!confirms) {
      if (acked == wait.doubted_ack) return;  // perhaps a copy of the same packet
      context.counters.doubted_acks.add();
      wait.doubted_ack = acked;
      wait.doubted_ack_at = seen_at;
      return;
    }
  }
  if (!ensure_opened(context, who)) return;
  Wait& wait = begin_wait(context, who, seen_at);
  // One number beyond what was acknowledged may be a lost FIN, as it may be beyond what was seen.
  const bool perhaps_a_fin = wait.acked_until > next_ && acked == wait.acked_until + 1 && wait.fin_at == Wait::kNoFin;
  if (!perhaps_a_fin) wait.acked_until = std::max(wait.acked_until, acked);
  context.waiting_room.acknowledged(wait, seen_at);
}

void Reassembler::give_up_hole(const ReassemblyContext& context, const StreamIdentity& who, Patience patience,
                               PacketTime now) {
  assert(wait_);
  if (acknowledges_perhaps_a_fin()) wait_->acked_until = seen_until();
  const StreamOffset acked_until = wait_->acked_until;
  const StreamOffset overdue_until = wait_->acknowledged_first();
  const StreamOffset fin_at = wait_->fin_at;
  StreamOffset until = next_;
  if (acked_until > next_) {
    until = holds() ? std::min(acked_until, wait_->held.first_offset()) : acked_until;
  } else if (holds() && first_held_is_doubtful()) {
    if (patience == Patience::denied) drop_held(context);
  } else if (holds()) {
    until = wait_->held.first_offset();
  } else if (fin_at != Wait::kNoFin) {
    until = fin_at;
  }
  if (until > next_) declare_gap(context, who, until, now);
  drain_held(context, who);
  // Later holes that were acknowledged no later have had the same grace.
  while (patience == Patience::over && holds() && wait_->held.first_offset() <= overdue_until) {
    declare_gap(context, who, wait_->held.first_offset(), now);
    drain_held(context, who);
  }
  if (next_ == fin_at && !holds()) {
    end(context, who, StreamEnd::fin, now);
    if (acked_until < fin_at) state_ = State::ended_unproven;
    return;
  }
  settle(context, now);
}

void Reassembler::finish(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd reason,
                         PacketTime now) {
  while (holds()) {
    if (wait_->acked_until <= next_ && first_held_is_doubtful()) {
      drop_held(context);
      continue;
    }
    declare_gap(context, who, wait_->held.first_offset(), now);
    drain_held(context, who);
  }
  if (wait_ && state_ == State::flowing && !acknowledges_perhaps_a_fin()) {
    const StreamOffset fin_at = wait_->fin_at == Wait::kNoFin ? next_ : wait_->fin_at;
    const StreamOffset known_end = std::max(wait_->acked_until, fin_at);
    if (known_end > next_) declare_gap(context, who, known_end, now);
  }
  end(context, who, reason, now);
}

void Reassembler::reconsider() {
  if (state_ == State::unwanted) state_ = State::unsynchronized;
}

bool Reassembler::ensure_opened(const ReassemblyContext& context, const StreamIdentity& who) {
  if (state_ == State::silent) [[unlikely]] {
    const auto handle = context.observer.on_open(who.id, flow_of(who.key, who.id.direction), start_);
    state_ = handle ? State::flowing : State::unwanted;
    handle_ = handle.value_or(0);
    if (!handle && wait_) end_wait(context);
  }
  return state_ == State::flowing;
}

void Reassembler::deliver(const ReassemblyContext& context, const StreamIdentity& who, Bytes bytes,
                          PacketTime seen_at) {
  next_ += static_cast<StreamOffset>(bytes.size());
  context.counters.delivered.add(bytes.size());
  context.observer.on_bytes(view(who), bytes, seen_at);
}

void Reassembler::declare_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset until,
                              PacketTime seen_at) {
  const auto missing = static_cast<std::uint64_t>(until - next_);
  context.gaps.of(who.id).add(next_, until);
  gapped_ = true;
  next_ = until;
  context.counters.gaps.add();
  context.counters.gap_bytes.add(missing);
  context.observer.on_gap(view(who), missing, seen_at);
}

void Reassembler::drain_held(const ReassemblyContext& context, const StreamIdentity& who) {
  while (holds() && wait_->held.first_offset() <= next_) {
    // A gap may have been declared into a held piece (a snapshot cut): only what lies behind it is new.
    const Bytes piece = wait_->held.first_bytes();
    const auto old = std::min(piece.size(), static_cast<std::size_t>(next_ - wait_->held.first_offset()));
    context.counters.duplicate.add(old);
    if (old < piece.size()) deliver(context, who, piece.subspan(old), wait_->held.first_seen_at());
    pop_held(context);
  }
}

void Reassembler::note_fin(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at,
                           PacketTime seen_at) {
  if (ended() || at < next_ || at > seen_until() + kTrustedAhead) return;
  if (state_ != State::flowing) {  // nothing was said, or nobody listens: no reason to wait
    state_ = State::ended_unproven;
    if (wait_) end_wait(context);
    return;
  }
  Wait& wait = begin_wait(context, who, seen_at);
  wait.fin_at = at;
  if (wait.acked_until > at) {  // the acknowledgement was captured first
    if (next_ == at) return end(context, who, StreamEnd::fin, seen_at);
    wait.acked_until = at;
  }
}

// After progress: what is left to wait for is waited for anew.
void Reassembler::settle(const ReassemblyContext& context, PacketTime seen_at) {
  if (!wait_) return;
  wait_->doubted_ack = 0;
  if (!holds() && wait_->acked_until <= next_ && wait_->fin_at == Wait::kNoFin) return end_wait(context);
  context.waiting_room.enter(*wait_, seen_at);
  if (wait_->acked_until > next_) context.waiting_room.acknowledged(*wait_, seen_at);
}

void Reassembler::end(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd reason,
                      PacketTime seen_at) {
  while (holds()) drop_held(context);  // what is left is far away
  if (wait_) end_wait(context);
  if (gapped_) context.gaps.forget(who.id);
  gapped_ = false;
  const bool was_flowing = state_ == State::flowing;
  state_ = State::ended;
  start_ = StreamStart::mid_stream;  // should it go on after all
  if (was_flowing) context.observer.on_end(view(who), reason, seen_at);
}

Wait& Reassembler::begin_wait(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  if (!wait_) {
    wait_ = std::make_unique<Wait>(who.id, context.waiting_room.memory());
    context.waiting_room.charge(0, wait_->charged_bytes());
    context.waiting_room.enter(*wait_, seen_at);
  }
  return *wait_;
}

void Reassembler::end_wait(const ReassemblyContext& context) {
  context.waiting_room.charge(wait_->charged_bytes(), 0);
  wait_.reset();
}

void Reassembler::pop_held(const ReassemblyContext& context) {
  const std::uint64_t before = wait_->charged_bytes();
  context.counters.buffered.subtract(wait_->held.first_bytes().size());
  wait_->held.pop_first();
  context.waiting_room.charge(before, wait_->charged_bytes());
}

// One number beyond what was seen is as well a FIN that the capture lost, or will see in a moment: no proof of a hole.
bool Reassembler::acknowledges_perhaps_a_fin() const {
  return wait_->acked_until == seen_until() + 1 && wait_->fin_at == Wait::kNoFin;
}

// The first held piece is not of this stream after all.
void Reassembler::drop_held(const ReassemblyContext& context) {
  context.counters.outside_window.add(wait_->held.first_bytes().size());
  pop_held(context);
  if (wait_->fin_at > seen_until() + kTrustedAhead) wait_->fin_at = Wait::kNoFin;
}

// A single segment, far from what is expected.
bool Reassembler::first_held_is_doubtful() const {
  return wait_->held.first_offset() - next_ > kTrustedAhead && wait_->held.first_is_lone();
}

bool Reassembler::is_near(std::uint32_t seq) const {
  const StreamOffset distance = space_.offset(seq, next_) - next_;
  return synchronized() && distance >= -kTrustedAhead && distance <= kTrustedAhead;
}

StreamOffset Reassembler::seen_until() const { return holds() ? std::max(next_, wait_->held.end_offset()) : next_; }

}  // namespace logsniffd::tcp
