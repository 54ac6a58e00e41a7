#include "daemon/framing/delimited_framer.hpp"

#include <cstring>
#include <utility>

#include "daemon/framing/boundary_search.hpp"
#include "daemon/framing/line_run.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

constexpr std::size_t kTrimmed = 4;  // CR and NUL before the delimiter of a record of the maximum length

const std::uint8_t* find(Bytes bytes, std::uint8_t delimiter) {
  return static_cast<const std::uint8_t*>(std::memchr(bytes.data(), delimiter, bytes.size()));
}

// A cheap check of a frame's start: dates and numbers are not counts.
bool may_be_count(Bytes bytes) {
  if (bytes[0] < '1' || bytes[0] > '9') return false;
  for (const std::uint8_t b : bytes.subspan(1)) {
    if (!is_digit(b)) return b == ' ';
  }
  return true;
}

}  // namespace

DelimitedFramer::DelimitedFramer(const FramingOptions& options, const Decision& decision)
    : terminator_(decision.terminator), starts_(decision.starts), skipping_(decision.skip), is_line_(decision.is_line) {
  const bool configured = options.method == Method::lines || options.method == Method::nul;
  if (configured) terminator_ = Terminator::configured;
  watched_ = configured ? 0 : kWatched;
  probation_ = decision.late ? kProbation : 0;
}

bool DelimitedFramer::may_count(const FramerCall& call) const {
  return call.options.method != Method::lines && call.options.method != Method::nul;
}

std::size_t DelimitedFramer::most_held(const FramerCall& call) const {
  return probation_ > 0 ? call.window_bytes() : call.record_bytes() + kTrimmed;
}

std::size_t DelimitedFramer::wants(const FramerCall& call, Bytes more) const {
  if (!is_sure()) return more.size();
  const std::uint8_t* const end = find(more, delimiter(call));
  return end == nullptr ? more.size() : static_cast<std::size_t>(end - more.data()) + 1;
}

std::size_t DelimitedFramer::line_bytes(const FramerCall& call, Bytes more) const {
  const std::uint8_t* const end = find(more, delimiter(call));
  return end == nullptr ? more.size() : static_cast<std::size_t>(end - more.data());
}

// If a line that crosses segments holds the other one of LF and NUL, the sender may have changed its delimiter. This
// record is then examined for both.
bool DelimitedFramer::holds_other(Bytes line) {
  if (!is_automatic() || starts_ == Opener::unknown || find(line, other_delimiter()) == nullptr) return false;
  watched_ = 1;
  scanned_ = 0;
  return true;
}

void DelimitedFramer::end_line(FramerCall& call, Bytes line) {
  scanned_ = 0;
  call.overhead(1);
  emit_line(call, line);
}

void DelimitedFramer::gap(FramerCall& call) {
  scanned_ = 0;
  skipping_ = is_line_ = false;
  if (terminator_ == Terminator::unknown) call.next = {.to = Decision::To::detector};
  if (is_automatic()) probation_ = kProbation;
}

Bytes DelimitedFramer::cut(FramerCall& call, Bytes bytes) {
  while (!bytes.empty() && call.next.to == Decision::To::same) {
    if (skipping_) {
      skip(call, bytes);
    } else if ((is_sure() ? cut_sure_lines(call, bytes) : step(call, bytes)) == Step::wait) {
      break;
    }
  }
  return bytes;
}

// The hot path: while the next record is certainly a line, only its delimiter is looked for.
Step DelimitedFramer::cut_sure_lines(FramerCall& call, Bytes& bytes) {
  const std::uint8_t until = delimiter(call);
  const int looked_at = is_automatic() ? '9' : -1;  // no count and no stray byte begins with a byte above '9'
  const std::size_t limit = call.record_bytes();
  Bytes left = bytes;
  std::size_t overhead = 0;
  LineRun run(call.observer);
  for (std::size_t from = std::exchange(scanned_, 0); !left.empty(); from = 0) {
    const std::uint8_t first = left[0];
    if (first <= looked_at && from == 0 && (first < ' ' ? is_stray(first) : may_be_count(left))) break;
    const std::uint8_t* const end = find(left.subspan(from), until);
    if (end == nullptr) {
      if (!holds_other(left.subspan(from))) scanned_ = static_cast<std::uint32_t>(left.size());
      break;
    }
    const auto size = static_cast<std::size_t>(end - left.data());
    ++overhead;
    const bool special = size > limit || call.damage != Integrity::whole || (size > 0 && is_trailer(left[size - 1]));
    if (special) [[unlikely]] {
      run.give_out();
      emit_line(call, left.first(size));
    } else {
      run.add(left.first(size));
    }
    left = left.subspan(size + 1);
  }
  run.give_out();
  call.overhead(overhead);
  bytes = left;
  if (left.empty()) return Step::taken;
  return scanned_ > 0 ? call.wait(left.size() + 1) : step(call, bytes);
}

bool DelimitedFramer::is_stray(std::uint8_t b) const {
  if (mixed_) return is_trailer(b);
  return terminator_ == Terminator::nul ? b == '\n' || b == '\r' : terminator_ == Terminator::lf && b == '\0';
}

// Trims what touches the delimiter after it. If records have a start of their own, a NUL after the first LF is half of
// their trailer. An LF alone may then be part of a message.
void DelimitedFramer::trim_start(FramerCall& call, Bytes& bytes) {
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), [this](std::uint8_t b) { return is_stray(b); });
  const auto size = static_cast<std::size_t>(first - bytes.begin());
  if (size == 0) return;
  call.overhead(size);
  bytes = bytes.subspan(size);
  mixed_ = mixed_ || watched_ > 0;
  if (terminator_ == Terminator::lf && watched_ + 1U == kWatched && starts_ != Opener::unknown) {
    terminator_ = Terminator::nul;
    trim_start(call, bytes);
  }
}

// Examines the start of a record closely.
Step DelimitedFramer::step(FramerCall& call, Bytes& bytes) {
  if (is_automatic() && scanned_ == 0) {
    trim_start(call, bytes);
    if (bytes.empty()) return Step::taken;
  }
  if (may_count(call) && !is_line_ && scanned_ == 0 && probation_ == 0) {
    const FrameStart start = frame_start_at(bytes, CountRule::before_priority, call.max_count());
    if (start.kind == FrameStart::Kind::incomplete && bytes[0] != '<' && call.may_wait()) {
      return call.wait(bytes.size() + 1);
    }
    if (start.kind == FrameStart::Kind::counted) {
      call.next = {.to = Decision::To::counted, .terminator = terminator_, .after_line = true};
      return Step::taken;
    }
  }
  if (probation_ > 0 && !is_line_) return look_inside(call, bytes);
  return cut_line(call, bytes);
}

// After a gap, or in a stream that was joined late, a line may hide a count. A proven count inside the line ends
// it there.
Step DelimitedFramer::look_inside(FramerCall& call, Bytes& bytes) {
  const TextRules rules{CountRule::before_priority, call.max_count(), true, terminator_ != Terminator::nul,
                        terminator_ == Terminator::nul || terminator_ == Terminator::unknown};
  const Boundary boundary = find_text_boundary(bytes, scanned_, {call.window_bytes(), call.final}, rules);
  switch (boundary.kind) {
    case Boundary::Kind::wait:
      return call.wait(boundary.wanted);
    case Boundary::Kind::counted:
      emit_passed(call, bytes.first(boundary.at));
      bytes = bytes.subspan(boundary.at);
      call.context.counters.count(Evidence::count_chain);
      call.next = {.to = Decision::To::counted, .terminator = terminator_, .proven = true};
      call.next.one_too_many = boundary.one_too_many;
      return Step::taken;
    case Boundary::Kind::line:
      if (terminator_ == Terminator::unknown) {
        terminator_ = bytes[boundary.at] == '\0' ? Terminator::nul : Terminator::lf;
        call.context.counters.count(terminator_ == Terminator::nul ? Evidence::nul : Evidence::line_feed);
      }
      break;
    case Boundary::Kind::length:
    case Boundary::Kind::exhausted:
      break;
  }
  scanned_ = 0;
  is_line_ = true;
  return cut_line(call, bytes);
}

Step DelimitedFramer::cut_line(FramerCall& call, Bytes& bytes) {
  const End end = find_end(call, bytes);
  if (end.kind == End::Kind::wait) return call.wait(bytes.size() + 1);
  if (end.kind == End::Kind::none) return wait_for_end(call, bytes);
  scanned_ = bares_ = fresh_bares_ = 0;
  is_line_ = false;
  call.overhead(1);
  emit_line(call, bytes.first(end.at));
  bytes = bytes.subspan(end.at + 1);
  if (probation_ > 0) --probation_;
  if (watched_ > 0) --watched_;
  return Step::taken;
}

// `bytes` holds no delimiter.
Step DelimitedFramer::wait_for_end(FramerCall& call, Bytes bytes) {
  scanned_ = static_cast<std::uint32_t>(bytes.size());
  return call.wait(bytes.size() + 1);
}

void DelimitedFramer::give_up(FramerCall& call, Bytes held) {
  emit_cut(call, held, call.context.counters.skipped_bytes);
  skipping_ = true;
  scanned_ = 0;
}

DelimitedFramer::End DelimitedFramer::find_end(const FramerCall& call, Bytes bytes) {
  const std::uint8_t until = delimiter(call);
  if (!is_automatic() || (watched_ == 0 && !mixed_)) {
    const std::uint8_t* const end = find(bytes.subspan(scanned_), until);
    return end == nullptr ? End{End::Kind::none} : End{End::Kind::found, static_cast<std::size_t>(end - bytes.data())};
  }
  for (; scanned_ < bytes.size(); ++scanned_) {
    if (!is_delimiter(bytes[scanned_])) continue;
    if (bytes[scanned_] == until) return {End::Kind::found, scanned_};
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(scanned_);
    const auto to = std::find_if_not(from, bytes.end(), is_trailer);
    const End other = other_end(call, bytes, scanned_, static_cast<std::size_t>(to - bytes.begin()));
    mixed_ = mixed_ || other.kind == End::Kind::found;
    if (other.kind != End::Kind::none) return other;
    if (bares_end_records(call, bytes.subspan(static_cast<std::size_t>(to - bytes.begin())))) {
      mixed_ = true;
      return find_end(call, bytes);  // from the first of them
    }
    // The rest of the run was examined too, except the delimiter itself.
    const auto own = std::find(from, to, until);
    scanned_ = static_cast<std::uint32_t>((own == to ? to : own) - bytes.begin()) - 1;
  }
  return {End::Kind::none};
}

// `next` follows an LF, in a stream whose records begin with a bare <PRI> and end with NUL. One such line may be
// quoted. Many of them, or two that begin segments, show that the sender has changed its delimiter.
bool DelimitedFramer::bares_end_records(const FramerCall& call, Bytes next) {
  constexpr unsigned kInARow = 8;
  constexpr unsigned kFresh = 2;
  if (mixed_ || header_ != HeaderKind::bare || priority_at(next) != FrameStart::Kind::priority) return false;
  bares_ = std::min(bares_ + 1U, kInARow) & 15U;
  if (call.fresh == next.data()) fresh_bares_ = std::min(fresh_bares_ + 1U, kFresh) & 3U;
  if (bares_ < kInARow && fresh_bares_ < kFresh) return false;
  scanned_ = bares_ = fresh_bares_ = 0;
  return true;
}

// Whether the other one of LF and NUL, at `at`, ends a record. `behind`: where the trailer bytes that touch it end.
DelimitedFramer::End DelimitedFramer::other_end(const FramerCall& call, Bytes bytes, std::size_t at,
                                                std::size_t behind) const {
  constexpr End kNone{End::Kind::none};
  const Bytes next = bytes.subspan(behind);
  const End found{End::Kind::found, at};
  const End ends = mixed_ || watched_ > 0 ? found : kNone;  // if nothing follows
  const bool wait = call.may_wait() && behind - at <= kMaxRun;
  switch (starts_) {
    case Opener::unknown:
      return kNone;
    case Opener::json: {
      const std::size_t before = at > 0 && bytes[at - 1] == '\r' ? at - 1 : at;
      if (before == 0 || bytes[before - 1] != '}') return kNone;
      if (next.empty()) return wait ? End{End::Kind::wait} : ends;
      return next[0] == '{' ? found : kNone;
    }
    case Opener::date: {
      if (next.empty()) return wait ? End{End::Kind::wait} : ends;
      const HeaderKind date = date_at(next);
      if (date == HeaderKind::incomplete) return wait ? End{End::Kind::wait} : kNone;
      return date == HeaderKind::dated ? found : kNone;
    }
    case Opener::priority:
      break;
  }
  if (next.empty()) return wait ? End{End::Kind::wait} : ends;
  // A NUL in a text is rare, an LF is not: a header of the stream's own kind must follow an LF.
  const HeaderKind kind = header_at(next);
  if (kind == HeaderKind::incomplete) return wait ? End{End::Kind::wait} : kNone;
  const bool proven = bytes[at] == '\0' || watched_ + 1U >= kWatched ? kind != HeaderKind::none
                                                                     : (mixed_ || is_proof(kind)) && kind == header_;
  return proven ? found : kNone;
}

// Trims what touches the delimiter before it.
void DelimitedFramer::emit_line(FramerCall& call, Bytes frame) {
  const std::size_t size = frame.size();
  if (is_automatic()) {
    frame = without_trailer(frame);
  } else if (delimiter(call) == '\n' && !frame.empty() && frame.back() == '\r') {
    frame = frame.first(frame.size() - 1);
  }
  call.overhead(size - frame.size());
  if (watched_ > 0) learn(frame);
  emit(call, frame);
}

void DelimitedFramer::learn(Bytes frame) {
  if (frame.empty()) return;
  const HeaderKind kind = header_at(frame);
  if (starts_ == Opener::unknown && frame[0] == '{' && frame.back() == '}') starts_ = Opener::json;
  if (starts_ == Opener::unknown && date_at(frame) == HeaderKind::dated) starts_ = Opener::date;
  if (kind == HeaderKind::none || kind == HeaderKind::incomplete) return;
  if (starts_ == Opener::unknown) starts_ = Opener::priority;
  if (header_ == HeaderKind::none) header_ = kind;
}

void DelimitedFramer::skip(FramerCall& call, Bytes& bytes) {
  if (terminator_ == Terminator::unknown) return skip_to_any(call, bytes);
  if (is_automatic() && call.fresh == bytes.data() && is_proof(header_at(bytes))) {  // after the other delimiter
    mixed_ = true;
    skipping_ = false;
    return;
  }
  const std::uint8_t* const end = find(bytes, delimiter(call));
  std::size_t size = end == nullptr ? bytes.size() : static_cast<std::size_t>(end - bytes.data());
  if (is_automatic()) {
    const std::size_t other = other_end_inside(bytes.first(size));
    mixed_ = mixed_ || other < size;
    size = other;
  }
  call.context.counters.skipped_bytes.add(size);
  bytes = bytes.subspan(size);
  if (bytes.empty()) return;
  call.overhead(1);
  bytes = bytes.subspan(1);
  skipping_ = false;
}

// Where, inside a record that was cut, the other one of LF and NUL stands before the start of a record: the sender may
// have changed its delimiter. bytes.size(): nowhere.
std::size_t DelimitedFramer::other_end_inside(Bytes bytes) const {
  const std::uint8_t other = other_delimiter();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::uint8_t* const found = find(bytes.subspan(at), other);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(found - bytes.data());
    const Bytes next = bytes.subspan(at + 1);
    if (starts_ == Opener::date && date_at(next) == HeaderKind::dated) return at;
    if (is_proof(header_at(next)) || (next.size() > 1 && next[0] == '{' && next[1] == '"')) return at;
  }
  return bytes.size();
}

// No record of this stream has ended yet. The next one begins after the first LF or NUL, at a header, or at `}{"`.
void DelimitedFramer::skip_to_any(FramerCall& call, Bytes& bytes) {
  std::size_t at = 0;
  Decision next{.to = Decision::To::detector};
  for (; at < bytes.size(); ++at) {
    const std::uint8_t b = bytes[at];
    if (is_delimiter(b)) break;
    if (b == '<' && is_proof(header_at(bytes.subspan(at)))) break;
    if (call.fresh == bytes.data() + at && priority_at(bytes.subspan(at)) == FrameStart::Kind::priority) break;
    const bool object = b == '{' && at > 0 && bytes[at - 1] == '}' && at + 1 < bytes.size() && bytes[at + 1] == '"';
    if (object) break;
  }
  call.context.counters.skipped_bytes.add(at);
  bytes = bytes.subspan(at);
  if (bytes.empty()) return;
  skipping_ = false;
  if (is_delimiter(bytes[0])) {
    next.nul_seen = bytes[0] == '\0';
    if (bytes[0] == '\n') next = {.to = Decision::To::delimited, .terminator = Terminator::lf};
    call.overhead(1);
    bytes = bytes.subspan(1);
  }
  call.next = next;
}

}  // namespace logsniffd::framing
