#include "daemon/framing/counted_framer.hpp"

#include <cstring>

#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

// Takes all of `bytes`; `rest` is the part of the last message that is there.
Step end_with(FramerCall& call, Bytes& bytes, Bytes rest) {
  call.overhead(bytes.size() - rest.size());
  emit_rest(call, rest);
  bytes = {};
  return Step::taken;
}

const std::uint8_t* find(Bytes bytes, std::uint8_t delimiter) {
  return static_cast<const std::uint8_t*>(std::memchr(bytes.data(), delimiter, bytes.size()));
}

bool has_line_end(Bytes bytes) { return find(bytes, '\n') != nullptr || find(bytes, '\0') != nullptr; }

// Whether an LF is followed by what may begin a message.
bool has_line_start(Bytes bytes) {
  for (std::size_t at = 0; at + 1 < bytes.size(); ++at) {
    if (bytes[at] == '\n' && (bytes[at + 1] == '<' || is_digit(bytes[at + 1]))) return true;
  }
  return false;
}

}  // namespace

CountedFramer::CountedFramer(const Decision& decision, bool search)
    : state_(search ? State::search : State::start),
      terminator_(decision.terminator),
      proven_(decision.proven),
      adopted_(decision.proven),
      settled_(decision.one_too_many),
      after_line_(decision.after_line),
      one_too_many_(decision.one_too_many) {
  hard_ = search;
}

CountRule CountedFramer::count_rule(const FramerCall& call) const {
  return call.options.method == Method::octet ? CountRule::any : CountRule::before_priority;
}

std::size_t CountedFramer::wants(const FramerCall&, Bytes more) const {
  if (state_ == State::search) return more.size();
  if (terminator_ == Terminator::unknown && (state_ == State::line || !proven_ || !settled_)) return more.size();
  if (state_ != State::line) return 0;
  const std::uint8_t* const end = find(more, terminator_ == Terminator::nul ? '\0' : '\n');
  return end == nullptr ? more.size() : static_cast<std::size_t>(end - more.data()) + 1;
}

void CountedFramer::gap(FramerCall& call) {
  if (!adopted_ && call.options.method != Method::octet) {
    call.next = {.to = Decision::To::detector};
    return;
  }
  proven_ = after_count_ = false;
  search_from_here();
  hard_ = true;
}

void CountedFramer::give_up(FramerCall& call, Bytes held) {
  if (state_ == State::line) {
    state_ = State::skip_line;
    return emit_cut(call, held, call.context.counters.skipped_bytes);
  }
  // The count of the message is known, and the message did not fit.
  const FrameStart start = frame_start_at(held, count_rule(call), call.max_count());
  if (state_ == State::start && start.kind == FrameStart::Kind::counted) {
    const Bytes there = held.subspan(start.header_bytes);
    const std::uint32_t count = start.count - (one_too_many_ ? 1 : 0);
    call.overhead(start.header_bytes);
    emit_cut(call, there, call.context.counters.skipped_bytes);
    position_ = count - static_cast<std::uint32_t>(std::min<std::size_t>(there.size(), count));
    state_ = State::skip_counted;
    return;
  }
  emit_passed(call, held);
}

Bytes CountedFramer::cut(FramerCall& call, Bytes bytes) {
  while (!bytes.empty() && call.next.to == Decision::To::same) {
    if (step(call, bytes) == Step::wait) break;
  }
  return bytes;
}

Step CountedFramer::step(FramerCall& call, Bytes& bytes) {
  switch (state_) {
    case State::start:
      return start(call, bytes);
    case State::line:
      return line(call, bytes);
    case State::search:
      return search(call, bytes);
    case State::skip_line:
    case State::skip_counted:
      break;
  }
  skip(call, bytes);
  return Step::taken;
}

Step CountedFramer::start(FramerCall& call, Bytes& bytes) {
  if (after_count_) {
    if (skip_stray(call, bytes) == Step::wait) return Step::wait;
    if (bytes.empty()) return Step::taken;
  }
  const FrameStart start = frame_start_at(bytes, count_rule(call), call.max_count());
  const bool is_line = start.kind == FrameStart::Kind::priority || bytes[0] == '<';
  if (start.kind == FrameStart::Kind::counted) return start_counted(call, bytes, start);
  if (start.kind == FrameStart::Kind::incomplete && !is_line && !call.final) return call.wait(bytes.size() + 1);
  if (after_count_) proven_ = is_line;
  if (after_count_ && !is_line) call.context.counters.false_lengths.add();
  after_count_ = false;
  // The bytes begin with neither a count nor a line, and may hide a count.
  if (!is_line) {
    search_from_here();
    return Step::taken;
  }
  state_ = State::line;
  position_ = 0;
  return Step::taken;
}

// What some devices send after a counted message (RFC 6587 does not mention it).
Step CountedFramer::skip_stray(FramerCall& call, Bytes& bytes) {
  while (!bytes.empty() && (is_trailer(bytes[0]) || bytes[0] == ' ')) {
    const auto first = std::find_if_not(bytes.begin(), bytes.end(), is_trailer);
    call.overhead(static_cast<std::size_t>(first - bytes.begin()));
    bytes = bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
    const Bytes blanks = bytes.first(std::min(bytes.size(), kMaxStrayBlanks));
    const auto end = std::find_if_not(blanks.begin(), blanks.end(), [](std::uint8_t b) { return b == ' '; });
    const auto size = static_cast<std::size_t>(end - blanks.begin());
    if (size == 0) return Step::taken;
    const Bytes next = bytes.subspan(size);
    const FrameStart start = frame_start_at(next, count_rule(call), call.max_count());
    if (start.kind == FrameStart::Kind::incomplete && !call.final) return call.wait(bytes.size() + 1);
    const bool stray = start.kind == FrameStart::Kind::counted || start.kind == FrameStart::Kind::priority ||
                       (!next.empty() && is_trailer(next[0]));
    if (!stray) return Step::taken;  // the blanks begin a line
    call.overhead(size);
    bytes = next;
  }
  return Step::taken;
}

Step CountedFramer::start_counted(FramerCall& call, Bytes& bytes, const FrameStart& start) {
  if (after_count_) proven_ = true;
  if (!proven_) {
    const Belief belief = believe(call, bytes, start);
    if (belief == Belief::wait) return Step::wait;
    if (belief == Belief::no) {
      call.context.counters.false_lengths.add();
      if (call.options.method == Method::octet) {
        after_count_ = false;
        state_ = State::line;
        position_ = 0;
        return Step::taken;
      }
      if (!adopted_ && !after_line_) call.context.counters.count(Evidence::line_feed);
      call.next = {.to = Decision::To::delimited, .terminator = terminator_, .is_line = true};
      if (terminator_ == Terminator::unknown) call.next.terminator = Terminator::lf;
      return Step::taken;
    }
  }
  std::uint32_t count = start.count - (one_too_many_ && start.count > 1 ? 1 : 0);
  const std::size_t there = bytes.size() - start.header_bytes;
  if (there < count) {
    const bool all_but_one = call.quiet && !adopted_ && there + 1 == count;
    if (call.final && there <= call.record_bytes()) {
      const bool one_is_missing = call.ended && there + 1 == count;  // a sender that counts one too many
      const Bytes rest = bytes.subspan(start.header_bytes);
      return end_with(call, bytes, one_is_missing ? without_trailer(rest) : rest);
    }
    if (!all_but_one && there <= call.record_bytes()) {
      return call.wait(start.header_bytes + std::min<std::size_t>(count, call.record_bytes() + 1));
    }
    if (all_but_one) {
      one_too_many_ = true;
      --count;
    }
  } else if (!settled_) {
    const Belief more = counts_one_too_many(call, bytes, start.header_bytes + count);
    if (more == Belief::wait) return Step::wait;
    if (call.final && !call.ended && there == count && is_digit(bytes.back())) {  // perhaps a digit of the next count
      return end_with(call, bytes, bytes.subspan(start.header_bytes));
    }
    one_too_many_ = more == Belief::yes;
    if (one_too_many_) --count;
  }
  settled_ = true;
  if (!adopted_) call.context.counters.count(after_line_ ? Evidence::later_count : Evidence::count);
  adopted_ = true;
  take(call, bytes, start.header_bytes, count);
  return Step::taken;
}

// Whether the first count is a count. It is, unless lines contradict it: a delimiter is inside, and no message starts
// where it ends.
CountedFramer::Belief CountedFramer::believe(FramerCall& call, Bytes bytes, const FrameStart& start) const {
  const std::size_t end = start.header_bytes + start.count;
  const bool far = end + kMaxStray + kMaxFrameStart > call.window_bytes();
  // The end of a message that is too long to hold cannot be seen. Its beginning decides.
  const std::size_t record = std::min<std::size_t>(call.record_bytes(), start.count);
  const std::size_t needed = far ? start.header_bytes + record : end;
  if ((call.quiet || call.ended) && bytes.size() + 1 == needed) return Belief::yes;  // perhaps it counts one too many
  if (bytes.size() < needed && !call.final) {
    (void)call.wait(needed);
    return Belief::wait;
  }
  const bool whole = !far && bytes.size() >= end;
  Bytes inside = bytes.first(std::min(bytes.size(), needed)).subspan(start.header_bytes);
  if (whole) inside = inside.first(inside.size() - 1);  // a counted message may end with a delimiter
  if (!has_line_end(inside)) return Belief::yes;
  if (!whole) return far || has_line_start(inside) ? Belief::no : Belief::yes;
  const Bytes behind = bytes.subspan(end);
  if (behind.empty() && call.quiet) return Belief::yes;
  const FrameStart next = frame_start_after_stray(behind, count_rule(call), call.max_count());
  if (next.kind == FrameStart::Kind::incomplete && !call.final) {
    (void)call.wait(bytes.size() + 1);
    return Belief::wait;
  }
  if (next.kind != FrameStart::Kind::none) return Belief::yes;
  return counts_one_too_many(call, bytes, end);
}

// Whether the first message, which ends at bytes[end], includes the first byte of the next one's start.
CountedFramer::Belief CountedFramer::counts_one_too_many(FramerCall& call, Bytes bytes, std::size_t end) const {
  if (end > bytes.size() || (!is_digit(bytes[end - 1]) && bytes[end - 1] != '<')) return Belief::no;
  const auto wait_for = [&](std::size_t size) {
    (void)call.wait(size);
    return Belief::wait;
  };
  if (end == bytes.size()) return call.may_wait() ? wait_for(end + 1) : Belief::no;
  const FrameStart before = frame_start_at(bytes.subspan(end - 1), CountRule::before_priority, call.max_count());
  const FrameStart after = frame_start_after_stray(bytes.subspan(end), CountRule::before_priority, call.max_count());
  const bool undecided = before.kind == FrameStart::Kind::incomplete ||
                         (after.kind == FrameStart::Kind::incomplete && before.kind != FrameStart::Kind::none);
  if (undecided && call.may_wait()) return wait_for(bytes.size() + 1);
  if (before.kind != FrameStart::Kind::counted || before.count <= kMaxFrameStart) return Belief::no;
  if (after.kind != FrameStart::Kind::counted) return Belief::yes;
  // Both read as a count. The right one leads to the start of another message, or else to the end of what was sent.
  const std::size_t end_before = end - 1 + before.header_bytes + before.count - 1;
  const std::size_t end_after = end + after.stray_bytes + after.header_bytes + after.count;
  for (const auto& [to, belief] : {std::pair{end_after, Belief::no}, std::pair{end_before, Belief::yes}}) {
    if (to == bytes.size() && call.more) return wait_for(to + 1);
    if (to >= bytes.size()) continue;
    const auto kind = frame_start_at(bytes.subspan(to), CountRule::before_priority, call.max_count()).kind;
    if (kind == FrameStart::Kind::incomplete && call.may_wait()) return wait_for(bytes.size() + 1);
    if (kind != FrameStart::Kind::none) return belief;
  }
  if (end_before == bytes.size()) return Belief::yes;
  const bool too_short = after.count <= kMaxFrameStart;  // for a message
  if (end_after == bytes.size() && !too_short) return Belief::no;
  const std::size_t last = std::min(end_before, call.window_bytes());
  if (call.may_wait() && bytes.size() < last) {  // no byte before the nearer of the two ends decides
    return wait_for(end_after < bytes.size() ? last : std::min(std::max(end_after, bytes.size() + 1), last));
  }
  return too_short ? Belief::yes : Belief::no;
}

// REQUIRED: `bytes` begins with the header. Takes the message, or the available part of one that is too long.
void CountedFramer::take(FramerCall& call, Bytes& bytes, std::size_t header_bytes, std::uint32_t count) {
  call.overhead(header_bytes);
  bytes = bytes.subspan(header_bytes);
  if (bytes.size() >= count) [[likely]] {
    emit_message(call, bytes.first(count));
    bytes = bytes.subspan(count);
    after_count_ = true;
    return;
  }
  position_ = count - static_cast<std::uint32_t>(bytes.size());
  state_ = State::skip_counted;
  emit_cut(call, bytes, call.context.counters.skipped_bytes);
  bytes = {};
}

void CountedFramer::emit_message(FramerCall& call, Bytes message) {
  if (message.size() <= call.record_bytes()) [[likely]] {
    const std::size_t size = message.size();
    message = without_trailer(message);
    call.overhead(size - message.size());
  }
  emit(call, message);
}

const std::uint8_t* CountedFramer::find_delimiter(Bytes bytes) {
  if (terminator_ != Terminator::unknown) return find(bytes, terminator_ == Terminator::nul ? '\0' : '\n');
  const std::uint8_t* const lf = find(bytes, '\n');
  const std::size_t before = lf == nullptr ? bytes.size() : static_cast<std::size_t>(lf - bytes.data());
  const std::uint8_t* const nul = find(bytes.first(before), '\0');
  if (nul != nullptr || lf != nullptr) terminator_ = nul != nullptr ? Terminator::nul : Terminator::lf;
  return nul != nullptr ? nul : lf;
}

Step CountedFramer::line(FramerCall& call, Bytes& bytes) {
  const std::uint8_t* const end = find_delimiter(bytes.subspan(position_));
  if (end == nullptr) {
    position_ = static_cast<std::uint32_t>(bytes.size());
    if (bytes.size() <= call.record_bytes() + 1) return call.wait(bytes.size() + 1);  // 1: a CR
    give_up(call, bytes);
    bytes = {};
    return Step::taken;
  }
  emit_line(call, bytes, static_cast<std::size_t>(end - bytes.data()));
  return Step::taken;
}

void CountedFramer::emit_line(FramerCall& call, Bytes& bytes, std::size_t size) {
  const Bytes frame = without_trailer(bytes.first(size));
  call.overhead(size - frame.size() + 1);
  state_ = State::start;
  emit(call, frame);
  bytes = bytes.subspan(size + 1);
}

void CountedFramer::skip(FramerCall& call, Bytes& bytes) {
  std::size_t size = std::min<std::size_t>(bytes.size(), position_);
  if (state_ == State::skip_line) {
    const std::uint8_t* const end = find_delimiter(bytes);
    size = end == nullptr ? bytes.size() : static_cast<std::size_t>(end - bytes.data());
  }
  call.context.counters.skipped_bytes.add(size);
  bytes = bytes.subspan(size);
  if (state_ == State::skip_counted) {
    position_ -= static_cast<std::uint32_t>(size);
    if (position_ > 0) return;
    after_count_ = true;
    state_ = State::start;
  } else if (!bytes.empty()) {
    call.overhead(1);
    bytes = bytes.subspan(1);
    state_ = State::start;
  }
}

void CountedFramer::search_from_here() {
  state_ = State::search;
  hard_ = false;
  position_ = 0;
}

Step CountedFramer::search(FramerCall& call, Bytes& bytes) {
  const TextRules rules{count_rule(call), call.max_count(), !hard_, terminator_ != Terminator::nul,
                        terminator_ == Terminator::nul || terminator_ == Terminator::unknown};
  const Boundary boundary = find_text_boundary(bytes, position_, {call.window_bytes(), call.final}, rules);
  if (boundary.kind == Boundary::Kind::wait) return call.wait(boundary.wanted);
  state_ = State::start;
  position_ = 0;
  if (boundary.kind == Boundary::Kind::exhausted) {
    give_up_search(call, bytes);
  } else {
    resume(call, bytes, boundary);
  }
  return Step::taken;
}

void CountedFramer::resume(FramerCall& call, Bytes& bytes, const Boundary& boundary) {
  if (hard_) call.context.counters.resyncs.add();
  if (boundary.kind == Boundary::Kind::line) {
    if (terminator_ == Terminator::unknown) {
      terminator_ = bytes[boundary.at] == '\0' ? Terminator::nul : Terminator::lf;
    }
    return emit_line(call, bytes, boundary.at);
  }
  emit_passed(call, bytes.first(boundary.at));
  bytes = bytes.subspan(boundary.at);
  proven_ = adopted_ = true;
  if (boundary.one_too_many) one_too_many_ = settled_ = true;
}

// The window holds no proven boundary. Lines resume after the first delimiter. If there is none, the window is passed
// on, and the search continues after it.
void CountedFramer::give_up_search(FramerCall& call, Bytes& bytes) {
  const Bytes window = bytes.first(std::min(bytes.size(), call.window_bytes()));
  const std::uint8_t* const end = find_delimiter(window);
  if (end != nullptr) {
    return resume(call, bytes, {Boundary::Kind::line, static_cast<std::size_t>(end - window.data())});
  }
  if (call.final) {
    state_ = State::line;
    return;
  }
  const Integrity damage = call.damage == Integrity::whole ? Integrity::joined_late : call.damage;
  emit_passed(call, window);
  bytes = bytes.subspan(window.size());
  call.damage = damage;
  const bool hard = hard_;
  search_from_here();
  hard_ = hard;
}

}  // namespace logsniffd::framing
