// StreamFramer: frames whose size is known before they are, and how they are found again.
#include <algorithm>
#include <utility>

#include "daemon/framing/stream_framer.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

constexpr bool ends_message(std::uint8_t b) { return b == '\n' || b == '\r' || b == '\0'; }

bool has_line_end(Bytes bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == '\n' || b == '\0'; });
}

}  // namespace

CountRule StreamFramer::count_rule(const Call& call) const {
  return call.options.method == Method::octet ? CountRule::any : CountRule::before_priority;
}

std::uint32_t StreamFramer::max_count(const Call& call) const {
  const std::uint64_t record = std::min<std::uint64_t>(call.context.limits.record_bytes, kMaxLength);
  return std::max(kMaxCount, static_cast<std::uint32_t>(record));
}

// At a frame's start, where counts and lines are mixed or there are lines alone.
StreamFramer::Step StreamFramer::start_frame(Call& call, Bytes& bytes) {
  if (!may_count(call)) {
    cut_lines(call, bytes);
    return Step::taken;
  }
  if (after_count_) {
    if (skip_stray(call, bytes) == Step::wait) return Step::wait;
    if (bytes.empty()) return Step::taken;
  }
  const FrameStart start = frame_start_at(bytes, count_rule(call), max_count(call));
  const bool line = start.kind == FrameStart::Kind::priority || bytes[0] == '<';
  if (start.kind == FrameStart::Kind::counted) return start_counted(call, bytes, start);
  if (start.kind == FrameStart::Kind::incomplete && !line && !call.final) return wait(call, bytes.size() + 1);
  const bool false_count = after_count_ && !line;
  if (after_count_) proven_ = line;
  after_count_ = false;
  if (false_count) call.context.counters.false_lengths.add();
  // Among counted messages what begins with neither may hide a count, and behind a gap any line may: one that is proven
  // inside ends it.
  if (probation_ > 0 || (mode_ == Mode::octet && !line)) {
    if (probation_ > 0) --probation_;
    search_from_here();
    return Step::taken;
  }
  cut_lines(call, bytes);
  return Step::taken;
}

// What some devices put behind a counted message (RFC 6587 knows of none).
StreamFramer::Step StreamFramer::skip_stray(Call& call, Bytes& bytes) {
  while (!bytes.empty() && (ends_message(bytes[0]) || bytes[0] == ' ')) {
    const auto first = std::find_if_not(bytes.begin(), bytes.end(), ends_message);
    call.context.counters.overhead_bytes.add(static_cast<std::size_t>(first - bytes.begin()));
    bytes = bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
    const Bytes blanks = bytes.first(std::min(bytes.size(), kMaxStrayBlanks));
    const auto end = std::find_if_not(blanks.begin(), blanks.end(), [](std::uint8_t b) { return b == ' '; });
    const auto size = static_cast<std::size_t>(end - blanks.begin());
    if (size == 0) return Step::taken;
    const Bytes next = bytes.subspan(size);
    const FrameStart start = frame_start_at(next, count_rule(call), max_count(call));
    if (start.kind == FrameStart::Kind::incomplete && !call.final) return wait(call, bytes.size() + 1);
    const bool stray = start.kind == FrameStart::Kind::counted || start.kind == FrameStart::Kind::priority ||
                       (!next.empty() && ends_message(next[0]));
    if (!stray) return Step::taken;  // the blanks begin a line
    call.context.counters.overhead_bytes.add(size);
    bytes = next;
  }
  return Step::taken;
}

StreamFramer::Step StreamFramer::start_counted(Call& call, Bytes& bytes, const FrameStart& start) {
  if (after_count_) proven_ = true;
  if (!proven_) {
    bool believed = false;
    if (doubt(call, bytes, start, believed) == Step::wait) return Step::wait;
    if (!believed) {
      call.context.counters.false_lengths.add();
      if (mode_ == Mode::undecided) decide_on_lines(call, Evidence::line_feed);
      after_count_ = false;
      cut_lines(call, bytes);
      return Step::taken;
    }
  }
  if (mode_ != Mode::octet) turn_to_counting(call, mode_ == Mode::undecided ? Evidence::count : Evidence::later_count);
  take_counted(call, bytes, start.header_bytes, start.count);
  return Step::taken;
}

// Whether the first count is one. It is, unless lines speak against it: a delimiter inside, and no frame's start
// behind.
StreamFramer::Step StreamFramer::doubt(Call& call, Bytes bytes, const FrameStart& start, bool& believed) const {
  believed = true;
  const std::size_t end = start.header_bytes + start.count;
  const bool far = end + kMaxStray + kMaxFrameStart > window_bytes(call);
  // The end of a record that is too long to be held is out of sight: then its beginning decides.
  const std::size_t record = std::min<std::size_t>(call.context.limits.record_bytes, start.count);
  const std::size_t needed = far ? start.header_bytes + record : end;
  if (bytes.size() < needed && !call.final) return wait(call, needed);
  const bool whole = !far && bytes.size() >= end;
  Bytes inside = bytes.first(std::min(bytes.size(), needed)).subspan(start.header_bytes);
  if (whole) inside = inside.first(inside.size() - 1);  // a counted message may end with one
  if (!has_line_end(inside)) return Step::taken;
  if (!whole) {
    believed = false;
    return Step::taken;
  }
  const FrameStart next = frame_start_after_stray(bytes.subspan(end), count_rule(call), max_count(call));
  if (next.kind == FrameStart::Kind::incomplete && !call.final) return wait(call, bytes.size() + 1);
  believed = next.kind != FrameStart::Kind::none;
  return Step::taken;
}

LengthFormat StreamFramer::length_format() const {
  return {static_cast<std::uint8_t>(two_bytes_ ? 2 : 4), little_endian_ ? std::endian::little : std::endian::big};
}

StreamFramer::Step StreamFramer::start_length(Call& call, Bytes& bytes) {
  const LengthFormat format = length_format();
  if (bytes.size() < format.bytes) {
    if (!call.final) return wait(call, format.bytes);
    call.context.counters.skipped_bytes.add(bytes.size());
    bytes = {};
    return Step::taken;
  }
  const std::uint32_t length = length_at(bytes, format);
  bool plausible = is_plausible_length(length);
  if (plausible && length > call.context.limits.record_bytes && payload_ != Payload::unknown) {
    const Payload payload = payload_at(bytes.subspan(format.bytes), length);
    if (payload == Payload::unknown && !call.final) return wait(call, bytes.size() + 1);
    plausible = payload == payload_;
  }
  if (plausible) {
    take_counted(call, bytes, format.bytes, length);
    return Step::taken;
  }
  call.context.counters.false_lengths.add();
  if (damage_ == Integrity::whole) damage_ = Integrity::joined_late;
  search_from_here();
  return Step::taken;
}

// REQUIRED: `bytes` begins with the header. Takes the frame, or as much as there is of one that is too long.
void StreamFramer::take_counted(Call& call, Bytes& bytes, std::size_t header_bytes, std::uint32_t count) {
  call.context.counters.overhead_bytes.add(header_bytes);
  bytes = bytes.subspan(header_bytes);
  if (bytes.size() >= count) [[likely]] {
    emit_counted(call, bytes.first(count));
    bytes = bytes.subspan(count);
    return end_counted();
  }
  left_ = count - static_cast<std::uint32_t>(bytes.size());
  state_ = State::counted;
  if (bytes.size() <= call.context.limits.record_bytes) return;
  emit_counted_cut(call, bytes);
  state_ = State::skip_counted;
  bytes = {};
}

void StreamFramer::emit_counted(Call& call, Bytes payload) {
  if (payload.size() > call.context.limits.record_bytes) [[unlikely]]
    return emit_counted_cut(call, payload);
  learn(call, payload);
  if (mode_ == Mode::octet) {
    const std::size_t size = payload.size();
    while (!payload.empty() && ends_message(payload.back())) payload = payload.first(payload.size() - 1);
    if (payload.size() < size) call.context.counters.overhead_bytes.add(size - payload.size());
  }
  call.observer.on_frame(payload, take_damage(Integrity::whole));
}

void StreamFramer::emit_counted_cut(Call& call, Bytes payload) {
  learn(call, payload);
  emit_cut(call, payload, call.context.counters.skipped_bytes);
}

// What the stream's first payload looks like, for finding the others again.
void StreamFramer::learn(const Call& call, Bytes payload) {
  if (mode_ != Mode::length || payload_ != Payload::unknown) return;
  payload = payload.first(std::min<std::size_t>(payload.size(), call.context.limits.record_bytes));
  payload_ = payload_at(payload, static_cast<std::uint32_t>(payload.size()));
}

void StreamFramer::end_counted() {
  state_ = State::start;
  after_count_ = mode_ == Mode::octet;
}

void StreamFramer::turn_to_counting(Call& call, Evidence evidence) {
  mode_ = Mode::octet;
  call.context.counters.count(evidence);
}

void StreamFramer::search_from_here() {
  state_ = State::search;
  left_ = 0;
}

// After a gap in a stream that counts a LF alone is no boundary, for messages hold some.
bool StreamFramer::is_hard_search() const {
  return damage_ != Integrity::whole && (mode_ == Mode::octet || mode_ == Mode::length);
}

StreamFramer::Step StreamFramer::search(Call& call, Bytes& bytes) {
  const SearchArea area{window_bytes(call), call.final};
  Boundary boundary;
  if (mode_ == Mode::length) {
    boundary = find_length_boundary(bytes, left_, area, length_format(), payload_);
  } else {
    const TextRules rules{count_rule(call), max_count(call), !is_hard_search(), terminator_ != Terminator::nul,
                          terminator_ == Terminator::nul || terminator_ == Terminator::unknown};
    boundary = find_text_boundary(bytes, left_, area, rules);
  }
  if (boundary.kind == Boundary::Kind::wait) return wait(call, boundary.wanted);
  state_ = State::start;
  if (boundary.kind == Boundary::Kind::exhausted) {
    give_up_search(call, bytes);
  } else {
    resynchronise(call, bytes, boundary);
  }
  return Step::taken;
}

void StreamFramer::resynchronise(Call& call, Bytes& bytes, const Boundary& boundary) {
  if (is_hard_search()) call.context.counters.resyncs.add();
  const Bytes before = bytes.first(boundary.at);
  if (boundary.kind == Boundary::Kind::line) {
    const bool nul = bytes[boundary.at] == '\0';
    if (terminator_ == Terminator::unknown) terminator_ = nul ? Terminator::nul : Terminator::lf;
    if (mode_ == Mode::undecided) decide_on_lines(call, nul ? Evidence::nul : Evidence::line_feed);
    emit_line(call, before);
    call.context.counters.overhead_bytes.add(1);
    bytes = bytes.subspan(boundary.at + 1);
    return;
  }
  if (!before.empty()) {
    if (damage_ == Integrity::whole) damage_ = Integrity::joined_late;
    pass_on_damaged(call, before);
  }
  bytes = bytes.subspan(boundary.at);
  if (boundary.kind != Boundary::Kind::counted) return;
  proven_ = true;
  probation_ = 0;
  if (mode_ != Mode::octet) turn_to_counting(call, Evidence::count_chain);
}

// No boundary is proven within the window. Lines go on behind the first delimiter that there is; what has none is
// passed on, and the search goes on behind it.
void StreamFramer::give_up_search(Call& call, Bytes& bytes) {
  const Bytes window = bytes.first(std::min(bytes.size(), window_bytes(call)));
  if (mode_ != Mode::length) {
    const std::uint8_t* const end = find_delimiter(call, window);
    if (end != nullptr) {
      return resynchronise(call, bytes, {Boundary::Kind::line, static_cast<std::size_t>(end - window.data())});
    }
    if (mode_ == Mode::undecided) decide_on_lines(call, Evidence::no_delimiter);
    if (call.final || mode_ == Mode::delimited) return cut_lines(call, bytes);
  }
  const Integrity damage = damage_ == Integrity::whole ? Integrity::joined_late : damage_;
  pass_on_damaged(call, window);
  bytes = bytes.subspan(window.size());
  damage_ = damage;
  search_from_here();
}

// What a search passed. Its mark goes with it.
void StreamFramer::pass_on_damaged(Call& call, Bytes damaged) {
  if (mode_ == Mode::length && !may_be_text(damaged)) {
    call.context.counters.resync_skipped_bytes.add(damaged.size());
    damage_ = Integrity::whole;
    return;
  }
  const auto limit = static_cast<std::size_t>(call.context.limits.record_bytes);
  const std::size_t kept = damaged.size() > limit ? utf8_prefix(damaged, limit) : damaged.size();
  call.context.counters.resync_skipped_bytes.add(damaged.size() - kept);
  call.observer.on_frame(damaged.first(kept), take_damage(Integrity::truncated));
}

}  // namespace logsniffd::framing
