// How a direction ends, and how an end is refuted: only the sender knows whether it has more to send.
#include <algorithm>

#include "daemon/tcp/reassembler.hpp"

namespace logsniffd::tcp {
namespace {

// Data under way when a RST was sent arrives within a round trip; a sender that sends for longer did not receive it.
constexpr Duration kInFlight = std::chrono::seconds(1);

}  // namespace

// New data reopens a stream that has ended, as one that was joined late. Returns false if the data is not new; it
// is then counted.
bool Reassembler::reopen(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset& offset,
                         std::size_t size, PacketTime seen_at) {
  const StreamOffset end = offset + static_cast<StreamOffset>(size);
  const bool keep_alive = offset == next_ && size == 1;
  const bool sent_before = end <= next_ && offset >= next_ - kTrustedAhead;
  if (sent_before && offset < 0) gapped_ = true;
  const Gap* const gap = sent_before && gapped_ ? context.gaps.of(who.id).at_or_behind(offset) : nullptr;
  const bool lies_in_gap = gap != nullptr && gap->from <= offset;
  if (keep_alive || (sent_before && !(lies_in_gap && sender_is_in_gap(context, who, *gap, offset, end)))) {
    if (keep_alive) {
      context.counters.discarded_after_end.add(size);  // its byte has no meaning, so nothing is lost
    } else if (lies_in_gap) {
      discard(context, who, Unread::late, size);
    } else {
      context.counters.duplicate.add(size);
    }
    return false;
  }
  context.counters.reopened.add();
  const bool another = end < next_ - kTrustedAhead || offset > next_ + kTrustedAhead;  // connection
  if (another) {
    forget_gaps(context, who.id);
    space_ = SequenceSpace(space_.seq_at(offset));
    next_ = offset = 0;
  }
  if (offset == next_ + 1) next_ = offset;  // a FIN takes one number
  if (next_ != 0 || another) start_ = StreamStart::mid_stream;
  state_ = State::silent;  // the observer is asked again
  if (sent_before && ensure_opened(context, who)) enter_gap(context, who, offset, seen_at);
  return true;
}

void Reassembler::note_fin(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at,
                           PacketTime seen_at) {
  if (ended() || at < next_ || at > seen_until() + kTrustedAhead) return;
  if (state_ != State::flowing) {  // no data yet, or nobody wants it: no reason to wait
    state_ = State::ended;
    if (wait_) end_wait(context);
    return;
  }
  Wait& wait = begin_wait(context, who, seen_at);
  if (!wait.is_linked()) context.waiting_room.enter(wait, seen_at);
  wait.fin_at = at;
  if (wait.acked_until > at) {  // the acknowledgement was captured first
    if (next_ == at) return end(context, who, StreamEnd::fin, seen_at);
    wait.acked_until = at;
  }
}

// The wait for the FIN is over. If the FIN was a forgery, the sender continues before it.
void Reassembler::end_at_fin(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now) {
  if (wait_->fin_at > next_) {
    declare_gap(context, who, wait_->fin_at, now);
    context.gaps.of(who.id).stand_at(next_);
  }
  end(context, who, StreamEnd::fin, now);
}

void Reassembler::note_sender_reset(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq,
                                    PacketTime seen_at) {
  note_reset(context, who, space_.offset(seq, next_), seen_at);
}

void Reassembler::note_receiver_reset(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  if (wait_ && wait_->reset_at != Wait::kNone) ++wait_->more_resets;
  note_reset(context, who, seen_until(), seen_at);
}

void Reassembler::note_reset(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at,
                             PacketTime seen_at) {
  if (ended()) return;
  const bool said_so = wait_ && wait_->fin_at == next_ && !holds();  // by a FIN
  if (state_ != State::flowing || said_so) return end(context, who, StreamEnd::reset, seen_at);
  Wait& wait = begin_wait(context, who, seen_at);
  if (wait.reset_at != Wait::kNone) return;
  wait.more_resets = 0;
  wait.reset_at = std::max(at, known_until());  // in a gap that is read, nothing lies after it
  wait.reset_hit = at == seen_until();
  context.waiting_room.enter(wait, seen_at);
}

// Takes payload that ends after the RST. False: the stream continues. True: the payload is held until that is decided.
bool Reassembler::add_behind_reset(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                                   Bytes payload, PacketTime seen_at) {
  const bool was_reported = offset >= wait_->reset_at && wait_->reset_hit && wait_->acked_until <= wait_->reset_at &&
                            wait_->waited(seen_at) < kInFlight;
  if (was_reported) {
    hold(context, who, offset, payload, seen_at);
  } else {
    refute_reset(context, who, seen_at);
  }
  return was_reported;
}

void Reassembler::refute_reset(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at) {
  context.counters.ignored_resets.add();
  wait_->reset_at = Wait::kNone;
  drain_held(context, who, false, seen_at);
  settle(context, seen_at);
}

// The wait after the RST is over. A receiver that has closed answers each segment with another RST: then the data sent
// after the first RST was under way. Without those RSTs, the sender continues.
void Reassembler::resolve_reset(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now) {
  const bool goes_on = holds() && wait_->held.end_offset() > wait_->reset_at;
  if (goes_on && 2 * wait_->more_resets < wait_->held.pieces()) return refute_reset(context, who, now);
  if (in_gap() && holds()) leave_gap(context, who, now);
  while (holds() && wait_->held.first_offset() < wait_->reset_at) skip_hole(context, who, now);
  while (holds()) drop_held(context, who, Unread::after_end);
  end(context, who, StreamEnd::reset, now);
}

void Reassembler::finish(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd reason,
                         PacketTime now) {
  if (wait_ && wait_->reset_at != Wait::kNone) {
    resolve_reset(context, who, now);
    if (ended()) return;
  }
  const bool read_a_gap = in_gap();
  if (read_a_gap && holds()) leave_gap(context, who, now);
  while (holds()) {
    if (!hole_is_acknowledged() && first_held_is_doubtful()) {
      drop_held(context, who, Unread::outside_window);
    } else {
      skip_hole(context, who, now);
    }
  }
  if (state_ == State::flowing && !read_a_gap) {
    StreamOffset known_end = gapped_ ? context.gaps.of(who.id).hinted_until(next_) : next_;
    if (wait_ && wait_->fin_at != Wait::kNone) known_end = std::max(known_end, wait_->fin_at);
    if (wait_ && !acknowledges_perhaps_a_fin()) known_end = std::max(known_end, wait_->acked_until);
    if (known_end > next_) declare_gap(context, who, known_end, now);
  }
  end(context, who, reason, now);
}

void Reassembler::end(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd reason,
                      PacketTime seen_at) {
  while (holds()) drop_held(context, who, Unread::outside_window);  // the rest is far away
  if (wait_) end_wait(context);
  const bool was_flowing = state_ == State::flowing;
  state_ = State::ended;
  if (was_flowing) context.observer.on_end(view(who), reason, seen_at);
}

void Reassembler::forget_gaps(const ReassemblyContext& context, StreamId id) {
  if (gapped_) context.gaps.forget(id);
  gapped_ = false;
}

}  // namespace logsniffd::tcp
