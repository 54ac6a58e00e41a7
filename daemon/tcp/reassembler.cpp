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

  if (!payload.empty()) add_payload(context, who, offset, payload, seen_at);
  if (segment.missing_bytes > 0) [[unlikely]] {
    end += segment.missing_bytes;
    // Bytes that the snapshot length cut will not come again: there is no need to wait for them.
    if (!ended() && offset <= next_ && end > next_ && !in_gap() && ensure_opened(context, who)) {
      declare_gap(context, who, end, seen_at);
      drain_held(context, who, false, seen_at);
      settle(context, seen_at);
    }
  }
  if (segment.flags & kFin) [[unlikely]]
    note_fin(context, who, end, seen_at);
}

void Reassembler::add_payload(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                              Bytes payload, PacketTime seen_at) {
  if (ended() && !reopen(context, who, offset, payload.size(), seen_at)) return;
  const StreamOffset end = offset + static_cast<StreamOffset>(payload.size());
  if (!ensure_opened(context, who)) {
    context.counters.discarded_unwanted.add(payload.size());
    next_ = end;  // where it was last seen: if that is a stray, the next segment corrects it
    return;
  }
  if (wait_ && end > wait_->reset_at && add_behind_reset(context, who, offset, payload, seen_at)) return;
  if (wait_ && end > wait_->fin_at) {
    wait_->fin_at = Wait::kNone;
    context.counters.early_fins.add();
  }
  while (offset < known_until()) {
    const std::size_t taken = in_gap() && offset == next_ ? add_in_gap(context, who, payload, seen_at)
                                                          : add_late(context, who, offset, payload, seen_at);
    offset += static_cast<StreamOffset>(taken);
    payload = payload.subspan(taken);
    if (payload.empty()) return;
  }
  if (in_gap() && offset == wait_->resume_at) leave_gap(context, who, seen_at);
  if (offset > next_) return add_ahead(context, who, offset, payload, seen_at);
  add_expected(context, who, payload, seen_at);
}

void Reassembler::add_ahead(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                            Bytes payload, PacketTime seen_at) {
  const bool hole_is_new = !holds();
  hold(context, who, offset, payload, seen_at);
  if (hole_is_new) settle(context, seen_at);
}

void Reassembler::hold(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                       PacketTime seen_at) {
  Wait& wait = begin_wait(context, who, seen_at);
  const std::uint64_t before = wait.charged_bytes();
  const HeldPieces::Held held = wait.held.hold(offset, payload, seen_at);
  context.waiting_room.charge(before, wait.charged_bytes());
  context.counters.buffered.add(held.kept);
  context.counters.duplicate.add(held.duplicate);
  context.counters.conflicts.add(held.conflicts);
}

// Takes payload that begins at the expected offset.
void Reassembler::add_expected(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload,
                               PacketTime seen_at) {
  bool disputed = false;
  StreamOffset refuted_from = Wait::kNone;
  while (!payload.empty()) {
    const std::size_t fits =
        holds() ? std::min(payload.size(), static_cast<std::size_t>(wait_->held.first_offset() - next_))
                : payload.size();
    if (fits > 0) deliver(context, who, payload.first(fits), seen_at);
    payload = payload.subspan(fits);
    if (payload.empty()) break;
    // The rest overlaps a piece that came first: that piece wins.
    const Bytes piece = wait_->held.first_bytes();
    const std::size_t overlap = std::min(piece.size(), payload.size());
    const StreamOffset compared_until = next_ + static_cast<StreamOffset>(overlap);
    const bool differs =
        !std::equal(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(overlap), payload.begin());
    context.counters.duplicate.add(overlap);
    if (differs) context.counters.conflicts.add();
    payload = payload.subspan(overlap);
    disputed = deliver_held(context, who, 0, disputed || differs, seen_at);
    if (differs && next_ > compared_until) refuted_from = compared_until;
  }
  drain_held(context, who, disputed, seen_at);
  if (refuted_from < next_) {  // one of the two is a forgery: the sender may also send other bytes after it
    gapped_ = true;
    StreamGaps& gaps = context.gaps.of(who.id);
    gaps.open(refuted_from, next_);
    gaps.stand_at(next_);
  }
  // The sender continues here: a piece that lies far away, and that nothing continued all the time, is not
  // of this stream.
  if (holds() && first_held_is_doubtful() &&
      seen_at - wait_->held.first_seen_at() >= context.waiting_room.hole_wait()) {
    drop_held(context, who, Unread::outside_window);
  }
  settle(context, seen_at);
}

void Reassembler::acknowledge(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t ack,
                              PacketTime seen_at) {
  if (has_passed(ack) || ended()) return;
  StreamOffset acked = space_.offset(ack, next_);
  if (wait_ && acked == wait_->fin_at + 1) {
    if (next_ == wait_->fin_at) return end(context, who, StreamEnd::fin, seen_at);
    acked = wait_->fin_at;
  }
  if (acked > seen_until() + kTrustedAhead) {
    context.counters.doubted_acks.add();
    return;
  }
  if (!ensure_opened(context, who)) return;
  const StreamOffset hinted = gapped_ && !wait_ ? context.gaps.of(who.id).hinted_until(next_) : next_;
  if (hinted > next_ && acked <= hinted + 1) return;  // already hinted; one number more may be a lost FIN
  Wait& wait = begin_wait(context, who, seen_at);
  // One number beyond what was acknowledged may be a lost FIN, and so may one number beyond what was seen.
  const bool perhaps_a_fin = wait.acked_until > next_ && acked == wait.acked_until + 1 && wait.fin_at == Wait::kNone;
  if (!perhaps_a_fin) wait.acked_until = std::max(wait.acked_until, acked);
  if (wait.reset_at != Wait::kNone) {
    if (acked > wait.reset_at && holds() && wait.held.end_offset() > wait.reset_at) refute_reset(context, who, seen_at);
  } else if (is_overdue()) {
    context.waiting_room.acknowledged(wait, seen_at);
  }
}

void Reassembler::give_up_hole(const ReassemblyContext& context, const StreamIdentity& who, Patience patience,
                               PacketTime now) {
  assert(wait_);
  if (wait_->reset_at != Wait::kNone) return resolve_reset(context, who, now);
  if (in_gap() && !give_up_gap(context, who, patience, now)) return;
  const StreamOffset overdue_until = wait_->acknowledged_first();
  const bool gave_up = holds();  // a hole: the wait for a FIN behind it starts again
  if (gave_up) {
    if (hole_is_acknowledged() || !first_held_is_doubtful()) {
      skip_hole(context, who, now);
      // Later holes that were already acknowledged then have had the same grace.
      while (patience == Patience::over && holds() && wait_->held.first_offset() <= overdue_until)
        skip_hole(context, who, now);
    } else if (patience == Patience::denied) {
      drop_held(context, who, Unread::outside_window);
    }
    if (holds()) return settle(context, now);
  }
  if (wait_->acked_until > next_ && !acknowledges_perhaps_a_fin()) {
    context.gaps.of(who.id).hint(wait_->acked_until, next_);
    gapped_ = true;
  }
  if (next_ == wait_->fin_at || (!gave_up && wait_->fin_at != Wait::kNone)) return end_at_fin(context, who, now);
  if (gave_up) return settle(context, now);
  end_wait(context);
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

// Delivers the first held piece without its first `skip` bytes. A piece is joined to nothing if a differing copy of
// it arrived; nor is a piece that was held directly after such a one, because it was never compared. Returns true
// for such a piece.
bool Reassembler::deliver_held(const ReassemblyContext& context, const StreamIdentity& who, std::size_t skip,
                               bool disputed, PacketTime now) {
  const Bytes bytes = wait_->held.first_bytes().subspan(skip);
  disputed = disputed || wait_->held.first_is_disputed();
  if (disputed) break_off(context, who, now);
  if (!bytes.empty()) deliver(context, who, bytes, wait_->held.first_seen_at());
  if (disputed) break_off(context, who, now);
  pop_held(context);
  return disputed;
}

// The following bytes do not continue the previous ones.
void Reassembler::break_off(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  context.observer.on_gap(view(who), 0, seen_at);
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

// The first hole becomes a gap. REQUIRED: holds().
void Reassembler::skip_hole(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now) {
  if (wait_->held.first_offset() > next_) declare_gap(context, who, wait_->held.first_offset(), now);
  const Bytes piece = wait_->held.first_bytes();
  Believed believed;
  believed.from = next_;
  believed.known = std::min(piece.size(), Believed::kFirst);
  std::copy_n(piece.begin(), believed.known, believed.first.begin());
  drain_held(context, who, false, now);
  believed.until = next_;
  gapped_ = true;
  StreamGaps& gaps = context.gaps.of(who.id);
  gaps.believe(believed);
  gaps.stand_at(next_);
}

void Reassembler::drain_held(const ReassemblyContext& context, const StreamIdentity& who, bool disputed,
                             PacketTime now) {
  while (holds() && wait_->held.first_offset() <= next_ && wait_->held.first_offset() < wait_->reset_at) {
    // A gap may have been declared into a held piece (a snapshot cut): only the bytes after the gap are new.
    const auto old =
        std::min(wait_->held.first_bytes().size(), static_cast<std::size_t>(next_ - wait_->held.first_offset()));
    context.counters.duplicate.add(old);
    disputed = deliver_held(context, who, old, disputed, now);
  }
}

// After progress, the wait for what remains starts again. An acknowledgement of bytes that never arrived was only a
// hint; but the one number beyond may be that of a FIN.
void Reassembler::settle(const ReassemblyContext& context, PacketTime seen_at) {
  if (!wait_ || wait_->reset_at != Wait::kNone) return;
  const bool may_be_acknowledged_fin = wait_->acked_until == next_ + 1;
  if (!holds() && !in_gap() && wait_->fin_at == Wait::kNone && !may_be_acknowledged_fin) return end_wait(context);
  context.waiting_room.enter(*wait_, seen_at);
  if (is_overdue()) context.waiting_room.acknowledged(*wait_, seen_at);
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

// One number beyond what was seen may be a FIN that the capture lost, or will see in a moment: it does
// not prove a hole.
bool Reassembler::acknowledges_perhaps_a_fin() const {
  return wait_->acked_until == seen_until() + 1 && wait_->fin_at == Wait::kNone;
}

// The first held piece turned out not to belong to this stream.
void Reassembler::drop_held(const ReassemblyContext& context, const StreamIdentity& who, Unread why) {
  const std::size_t size = wait_->held.first_bytes().size();
  pop_held(context);
  discard(context, who, why, size);
  if (wait_->fin_at > seen_until() + kTrustedAhead) wait_->fin_at = Wait::kNone;
}

// Counts bytes that are not part of this stream.
void Reassembler::discard(const ReassemblyContext& context, const StreamIdentity& who, Unread why,
                          std::uint64_t bytes) const {
  context.counters.of(why).add(bytes);
  const bool open = state_ == State::flowing;
  context.observer.on_unread(who.id, who.key, open ? std::optional(handle_) : std::nullopt, why, bytes);
}

// True if the receiver has everything that the stream waits for.
bool Reassembler::is_overdue() const {
  if (holds()) return hole_is_acknowledged();
  return wait_->fin_at != Wait::kNone && wait_->acked_until >= wait_->fin_at;
}

// True for a single segment, far from what is expected.
bool Reassembler::first_held_is_doubtful() const {
  return wait_->held.first_offset() - next_ > kTrustedAhead && wait_->held.first_is_lone();
}

bool Reassembler::is_near(std::uint32_t seq) const {
  const StreamOffset distance = space_.offset(seq, next_) - next_;
  return synchronized() && distance >= -kTrustedAhead && distance <= kTrustedAhead;
}

StreamOffset Reassembler::seen_until() const { return holds() ? std::max(next_, wait_->held.end_offset()) : next_; }

}  // namespace logsniffd::tcp
