// Bytes before what is expected, and the way back into a gap where the sender is there.
//
// A hole that was given up may have been none: a forged segment behind it made the stream go on at a place where its
// sender never was, or what filled it was captured late. So the bytes of a gap are passed on after all where they are
// what the sender says now. While that lasts, the stream reads the gap, and knows where to go on again (resume_at).
#include <algorithm>

#include "daemon/tcp/reassembler.hpp"

namespace logsniffd::tcp {

// Payload at `offset`, before what is expected. Gives how many of its first bytes are done with; 0: they are what is
// expected now.
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

// Whether bytes of a gap are what the sender says now: in the gap that is read, or where it stopped and nobody talked
// elsewhere since, or where they follow other such bytes and nothing came in between.
bool Reassembler::sender_is_in_gap(const ReassemblyContext& context, const StreamIdentity& who, const Gap& gap,
                                   StreamOffset offset, StreamOffset end) const {
  StreamGaps& gaps = context.gaps.of(who.id);
  const bool follows = gaps.follow(offset, end, next_);
  const bool is_read = in_gap() && gap.from <= next_ && next_ < gap.until;
  return follows || is_read || (offset == gap.from && gaps.nobody_talked_at(known_until()));
}

// Payload that begins with what is expected in the gap that is read. Gives how many of its first bytes lie in it.
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
  if (!holds()) settle(context, seen_at);  // what is held does not wait for longer
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

// The stream goes on where it went on to when the gap was declared.
void Reassembler::leave_gap(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  next_ = wait_->resume_at;
  wait_->resume_at = Wait::kNone;
  if (wait_->fin_at < next_) wait_->fin_at = Wait::kNone;
  break_off(context, who, seen_at);
}

// The sender has been silent in the gap for hole_wait. False where there is nothing else to wait for.
bool Reassembler::give_up_gap(const ReassemblyContext& context, const StreamIdentity& who, Patience patience,
                              PacketTime now) {
  if (wait_->fin_at == next_ && !holds()) return true;
  // Nobody talked elsewhere: it may say more here.
  if (!holds() && patience == Patience::over && context.gaps.of(who.id).nobody_talked_at(wait_->resume_at)) {
    WaitingRoom::leave(*wait_);
    return false;
  }
  leave_gap(context, who, now);
  return true;
}

}  // namespace logsniffd::tcp
