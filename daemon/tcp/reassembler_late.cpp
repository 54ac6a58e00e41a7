// Handles bytes before what is expected, and the way back into a gap if the sender is there.
//
// A hole that was given up may not have been a hole: a forged segment behind it made the stream continue at a place
// where its sender never was, or the bytes that filled it were captured late. So the bytes of a gap are passed on
// after all if they are what the sender sends now. Meanwhile the stream reads the gap, and remembers where to
// continue (resume_at).
#include <algorithm>

#include "daemon/tcp/reassembler.hpp"

namespace logsniffd::tcp {

// Takes payload at `offset`, before what is expected. Returns how many of its first bytes are done with; 0: they
// are expected now.
std::size_t Reassembler::add_late(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                                  Bytes payload, PacketTime seen_at) {
  const StreamOffset end = std::min(offset + static_cast<StreamOffset>(payload.size()), known_until());
  const bool keep_alive = offset == -1 && payload.size() == 1;
  if (offset < 0 && !keep_alive) gapped_ = true;
  if (gapped_) context.gaps.of(who.id).refute(offset, payload);
  const Gap* const gap = gapped_ ? context.gaps.of(who.id).at_or_behind(offset) : nullptr;
  const StreamOffset old_until = gap != nullptr ? std::min(end, gap->from) : end;
  if (old_until > offset) {
    const auto old = static_cast<std::size_t>(old_until - offset);
    context.counters.duplicate.add(old);
    return old;
  }
  const StreamOffset late_until = std::min(end, gap->until);
  if (sender_is_in_gap(context, who, *gap, offset, late_until)) {
    enter_gap(context, who, offset, seen_at);
    return 0;
  }
  const auto late = static_cast<std::size_t>(late_until - offset);
  const bool of_an_earlier_connection = start_ == StreamStart::handshake && offset < 0;
  if (of_an_earlier_connection) {
    context.counters.duplicate.add(late);
  } else {
    discard(context, who, Unread::late, late);
  }
  return late;
}

// True if bytes of a gap are what the sender sends now: they lie in the gap that is read, or the gap begins with them
// and nothing arrived elsewhere since, or they continue other such bytes and nothing arrived in between.
bool Reassembler::sender_is_in_gap(const ReassemblyContext& context, const StreamIdentity& who, const Gap& gap,
                                   StreamOffset offset, StreamOffset end) const {
  StreamGaps& gaps = context.gaps.of(who.id);
  const bool follows = gaps.follow(offset, end, next_);
  const bool is_read = in_gap() && gap.from <= next_ && next_ < gap.until;
  return follows || is_read || (offset == gap.from && gaps.nobody_talked_at(known_until()));
}

// Takes payload that begins at the expected offset in the gap that is read. Returns how many of its first bytes
// lie in the gap.
std::size_t Reassembler::add_in_gap(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload,
                                    PacketTime seen_at) {
  StreamGaps& gaps = context.gaps.of(who.id);
  const StreamOffset from = next_;
  const auto read_now = [&]() -> const Gap* {
    const Gap* const gap = gaps.at_or_behind(from);
    return gap != nullptr && gap->from <= from ? gap : nullptr;
  };
  const Gap* gap = read_now();
  if (gap != nullptr) {
    const auto left = static_cast<std::size_t>(gap->until - from);
    if (left < payload.size() && gaps.refute(gap->until, payload.subspan(left))) gap = read_now();
  }
  if (gap == nullptr) {  // forgotten: there are too many
    leave_gap(context, who, seen_at);
    if (!holds()) settle(context, seen_at);
    return 0;
  }
  const StreamOffset until = gap->until;
  const std::size_t fits = std::min(payload.size(), static_cast<std::size_t>(until - from));
  context.counters.recovered.add(fits);
  deliver(context, who, payload.first(fits), seen_at);
  gaps.fill(from, next_);
  if (next_ == until) leave_gap(context, who, seen_at);
  if (!holds()) settle(context, seen_at);  // held bytes do not wait longer for this
  return fits;
}

void Reassembler::enter_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at,
                            PacketTime seen_at) {
  context.counters.returns.add();
  const StreamOffset resume_at = known_until();
  begin_wait(context, who, seen_at).resume_at = resume_at;
  context.gaps.of(who.id).stand_at(resume_at);
  next_ = at;
  break_off(context, who, seen_at);
}

// The stream continues where it continued when the gap was declared.
void Reassembler::leave_gap(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  next_ = wait_->resume_at;
  wait_->resume_at = Wait::kNone;
  if (wait_->fin_at < next_) wait_->fin_at = Wait::kNone;
  break_off(context, who, seen_at);
}

// The sender has been silent in the gap for hole_wait. Returns false if there is nothing else to wait for.
bool Reassembler::give_up_gap(const ReassemblyContext& context, const StreamIdentity& who, Patience patience,
                              PacketTime now) {
  if (wait_->fin_at == next_ && !holds()) return true;
  // Nothing arrived elsewhere: the sender may send more here.
  if (!holds() && patience == Patience::over && context.gaps.of(who.id).nobody_talked_at(wait_->resume_at)) {
    WaitingRoom::leave(*wait_);
    return false;
  }
  leave_gap(context, who, now);
  return true;
}

}  // namespace logsniffd::tcp
