#include "daemon/framing/detector.hpp"

#include "daemon/framing/json_place.hpp"
#include "daemon/framing/opening.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

constexpr unsigned kLateNuls = 2;
constexpr unsigned kHeadersInARow = 8;
constexpr unsigned kFreshHeaders = 2;
constexpr unsigned kFreshPriorities = 3;

// Where the next <PRI> is, after the first byte.
std::size_t next_priority(Bytes bytes) {
  std::size_t at = 1;
  while (at < bytes.size() && !begins_with_priority(bytes.subspan(at))) ++at;
  return at;
}

std::size_t priorities_inside(Bytes bytes) {
  std::size_t count = 0;
  for (std::size_t at = next_priority(bytes); at < bytes.size(); at += next_priority(bytes.subspan(at))) ++count;
  return count;
}

Circumstances circumstances_of(const FramerCall& call) {
  return {call.damage != Integrity::whole, call.final, call.max_count(), call.window_bytes(), call.quiet};
}

// Whether the bytes may be a message of several lines after a bare <PRI>: silence follows text that no LF ends. What
// comes next decides.
bool may_be_bare_message(const FramerCall& call, Bytes bytes) {
  return call.damage == Integrity::whole && begins_with_priority(bytes) && !is_trailer(bytes.back());
}

}  // namespace

Bytes Detector::cut(FramerCall& call, Bytes bytes) {
  if (bytes.empty()) return bytes;
  Answer answer = judge(call, bytes);
  if (answer == Answer::nothing) answer = headers_in_a_row(call, bytes);
  if (answer == Answer::nothing && call.quiet && line_feeds_ > 0 && !may_be_bare_message(call, bytes))
    answer = lines(call, bytes, true, false);
  if (answer == Answer::nothing) (void)call.wait(bytes.size() + 1);
  return bytes;
}

void Detector::give_up(FramerCall& call, Bytes held) {
  call.context.counters.count(Evidence::no_delimiter);
  emit_cut(call, held, call.context.counters.skipped_bytes);
  call.next = {.to = Decision::To::delimited, .skip = true};
}

Detector::Answer Detector::judge(FramerCall& call, Bytes& bytes) {
  const bool late = call.damage != Integrity::whole;
  if (looked_at_ == 0) {
    if (!late) {
      const Strays strays = strays_in_front(bytes);
      if (strays.incomplete && call.may_wait()) return wait(call, bytes.size() + 1);
      call.overhead(strays.size);
      bytes = bytes.subspan(strays.size);
    }
    if (const auto judgement = judge_start(bytes, circumstances_of(call))) {
      return adopt(call, bytes, *judgement);
    }
    if (bytes[0] == 0 && bytes.size() < kPayloadStart && call.final) return Answer::wait;  // part of a length
    if (!no_json_ && !late) {
      const JsonStart start = json_start_behind_blanks(bytes);
      if (start == JsonStart::incomplete && call.may_wait()) return wait(call, bytes.size() + 1);
      if (start == JsonStart::yes) {
        call.next = {.to = Decision::To::json};
        return Answer::decided;
      }
    }
  }
  while (looked_at_ < bytes.size() && looked_at_ <= call.record_bytes()) {
    const Answer answer = look_at(call, bytes, looked_at_);
    if (answer != Answer::nothing) return answer;
    ++looked_at_;
  }
  if (looked_at_ > call.record_bytes() || call.final) return take_what_there_is(call, bytes);
  return Answer::nothing;
}

Detector::Answer Detector::look_at(FramerCall& call, Bytes& bytes, std::size_t at) {
  const Circumstances circumstances = circumstances_of(call);
  const std::uint8_t b = bytes[at];
  if (b == '<') return header(call, bytes, at);
  if (b == '{') return circumstances.late ? object_inside(call, bytes, at) : Answer::nothing;
  if (!is_control(b) && b != '\n') return Answer::nothing;
  const bool first = line_feeds_ == 0 && nuls_ == 0;
  if (b == '\n' || b == '\0') {
    if (first) {
      const auto judgement =
          b == '\n' ? judge_line_feed(bytes, at, circumstances) : judge_nul(bytes, at, circumstances);
      if (judgement) return adopt(call, bytes, *judgement);
    }
    return delimiter(call, bytes, at);
  }
  return first ? adopt(call, bytes, judge_control(bytes, at, circumstances)) : Answer::nothing;
}

Detector::Answer Detector::adopt(FramerCall& call, Bytes& bytes, const Judgement& judgement) {
  if (judgement.kind == Judgement::Kind::wait) {
    return wait(call, judgement.wanted);
  }
  const bool late = call.damage != Integrity::whole;
  if (judgement.kind == Judgement::Kind::foreign) {
    call.next = {.to = Decision::To::foreign};
    call.context.counters.count(judgement.foreign);
    call.observer.on_foreign(judgement.foreign);
    return Answer::decided;
  }
  switch (judgement.evidence) {
    case Evidence::count:
      // In a stream that was joined late, the count may be inside a message.
      if (late) {
        call.next = {.to = Decision::To::delimited, .late = true};
      } else {
        call.next = {.to = Decision::To::counted};
      }
      return Answer::decided;
    case Evidence::length_4_big:
    case Evidence::length_4_little:
    case Evidence::length_2_big:
    case Evidence::length_2_little:
      call.next = {.to = Decision::To::length, .format = format_of(judgement.evidence)};
      if (judgement.at > 0) {
        call.context.counters.resyncs.add();
        pass_over(call, bytes.first(judgement.at));
        bytes = bytes.subspan(judgement.at);
      }
      break;
    case Evidence::nul:
      call.next = {.to = Decision::To::delimited, .terminator = Terminator::nul, .late = late};
      break;
    case Evidence::no_delimiter:
      call.next = {.to = Decision::To::delimited, .late = late};
      break;
    case Evidence::line_feed:
    case Evidence::later_count:
    case Evidence::count_chain:
    case Evidence::priority:
    case Evidence::json_row:
    case Evidence::header_row:
      call.next = {.to = Decision::To::delimited, .terminator = Terminator::lf, .late = late};
      break;
  }
  call.context.counters.count(judgement.evidence);
  return Answer::decided;
}

Detector::Answer Detector::lines(FramerCall& call, Bytes bytes, bool lf, bool nul) const {
  const bool whole = call.damage == Integrity::whole;
  const bool priority = whole && begins_with_priority(bytes);
  const bool dated = whole && date_at(bytes) == HeaderKind::dated;
  // LF and NUL side by side: if records have a start of their own, an LF alone may be part of a message.
  const bool by_nul = nul && (priority || dated || !lf);
  call.next = {.to = Decision::To::delimited,
               .terminator = by_nul ? Terminator::nul : Terminator::lf,
               .starts = priority ? Opener::priority
                         : dated  ? Opener::date
                                  : Opener::unknown,
               .late = !whole};
  call.context.counters.count(priority ? Evidence::priority : by_nul ? Evidence::nul : Evidence::line_feed);
  return Answer::decided;
}

Detector::Answer Detector::wait(FramerCall& call, std::size_t bytes) {
  (void)call.wait(bytes);
  return Answer::wait;
}

// bytes[at] is an LF or NUL.
Detector::Answer Detector::delimiter(FramerCall& call, Bytes& bytes, std::size_t at) {
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto to = std::find_if_not(from, bytes.end(), is_trailer);
  const auto run = static_cast<std::size_t>(to - from);
  const bool lf = std::find(from, to, '\n') != to;
  const bool nul = std::find(from, to, '\0') != to;
  const Bytes behind = bytes.subspan(static_cast<std::size_t>(to - bytes.begin()));
  const bool priority = begins_with_priority(bytes);
  const bool late = call.damage != Integrity::whole;
  if (late && bytes[at] == '\n' && !no_json_ && is_inside_json(bytes, at)) {
    call.next = {.to = Decision::To::json, .search = true, .several_lines = true};
    call.context.counters.count(Evidence::json_row);
    return Answer::decided;
  }
  const bool first_lf = lf && nuls_ == 0 && (!nul || !priority);
  const bool dated = !late && date_at(bytes) == HeaderKind::dated;
  if (first_lf && ((!priority && !dated) || late)) return lines(call, bytes, lf, nul);
  if (late && nul) {  // it may be part of a length: two records decide
    constexpr std::size_t kLengthAndText = 12;
    if (behind.size() < kLengthAndText && call.may_wait() && run <= kMaxRun) {
      return wait(call, bytes.size() + kLengthAndText - behind.size());
    }
    if (std::count(from, to, '\0') > 1) return adopt(call, bytes, judge_control(bytes, at, circumstances_of(call)));
    if (nuls_ > 0) {
      if (const auto judgement = judge_late_lengths(bytes, circumstances_of(call)))
        return adopt(call, bytes, *judgement);
    }
    if (!lf && nuls_ < kLateNuls && !behind.empty()) {
      ++nuls_;
      return Answer::nothing;
    }
  }
  if (behind.empty()) {
    // Before a hole or the end there may be no evidence which delimiter it was: the first one that came is taken.
    const bool first_nul = lf && !nul && nuls_ > 0 && call.final && !priority && opening_of(bytes) == Opening::other;
    if (first_nul) return lines(call, bytes, false, true);
    const bool again = (lf && line_feeds_ > 0) || (nul && nuls_ > 0);
    if (first_lf || again || !call.may_wait() || run > kMaxRun) return lines(call, bytes, lf, nul);
    return wait(call, bytes.size() + 1);
  }
  const FrameStart start = frame_start_at(behind, CountRule::before_priority, call.max_count());
  const HeaderKind date = dated ? date_at(behind) : HeaderKind::none;
  const bool incomplete = start.kind == FrameStart::Kind::incomplete || date == HeaderKind::incomplete;
  if (incomplete && call.may_wait()) return wait(call, bytes.size() + 1);
  const Opening opening = opening_of(behind);
  const bool opens =
      dated ? date == HeaderKind::dated : opening != Opening::other && (late || opening == opening_of(bytes));
  if (start.kind == FrameStart::Kind::priority || start.kind == FrameStart::Kind::counted || opens) {
    return lines(call, bytes, lf, nul);
  }
  // If records have a start of their own, a second delimiter is not a proof as long as such a start may follow.
  const bool starts = !late && (priority || opening_of(bytes) != Opening::other);
  const bool again = (lf && line_feeds_ > 0) || (nul && nuls_ > 0);
  if (again && (!starts || !call.may_wait())) return lines(call, bytes, lf && line_feeds_ > 0, nul && nuls_ > 0);
  const bool goes_on = behind[0] == ' ' || behind[0] == '\t';  // as the lines of a stack trace do
  if (lf && !goes_on) line_feeds_ = 1;
  if (nul) nuls_ = 1;
  looked_at_ = static_cast<std::uint32_t>(to - bytes.begin()) - 1;
  return Answer::nothing;
}

// bytes[at] is `<`.
Detector::Answer Detector::header(FramerCall& call, Bytes bytes, std::size_t at) {
  if (at == 0) return Answer::nothing;
  const bool late = call.damage != Integrity::whole;
  if (late && at >= 2 && bytes[at - 1] == ' ' && is_digit(bytes[at - 2])) {  // a count inside text
    const FrameStart::Kind kind = priority_at(bytes.subspan(at));
    if (kind == FrameStart::Kind::priority) {
      call.next = {.to = Decision::To::delimited, .late = true};
      return Answer::decided;
    }
    if (kind == FrameStart::Kind::incomplete && call.may_wait()) {
      return wait(call, bytes.size() + 1);
    }
  }
  const HeaderKind first = header_at(bytes);
  if (!late && first == HeaderKind::none) return Answer::nothing;
  HeaderKind kind = header_at(bytes.subspan(at));
  const bool fresh = call.fresh == bytes.data() + at || fresh_here_;
  fresh_here_ = false;
  if (kind == HeaderKind::incomplete) {
    const bool priority = begins_with_priority(bytes.subspan(at));
    const bool bare_so_far = late ? bare_ > 0 && headers_ == 0 : first == HeaderKind::bare && fresh_headers_ > 0;
    if (call.may_wait() && !(priority && fresh && bare_so_far)) {
      fresh_here_ = fresh;
      return wait(call, bytes.size() + 1);
    }
    if (priority) kind = HeaderKind::bare;
  }
  const bool counts = late ? is_proof(kind) : kind == first && (is_proof(kind) || fresh);
  if (late && fresh && kind == HeaderKind::bare && bare_ < kFreshPriorities) ++bare_;
  if (!counts) return Answer::nothing;
  if (headers_ < kHeadersInARow) ++headers_;
  if (fresh && fresh_headers_ < kFreshPriorities) ++fresh_headers_;
  return Answer::nothing;
}

// bytes[at] is `{`, in a stream that was joined late.
Detector::Answer Detector::object_inside(FramerCall& call, Bytes bytes, std::size_t at) const {
  if (no_json_ || at == 0 || bytes[at - 1] != '}') return Answer::nothing;
  const Bytes object = bytes.subspan(at);
  std::size_t end = 0;
  JsonScanner scanner;
  const JsonScanner::Result result = scanner.scan(object, end);
  const bool cut_short = result == JsonScanner::Result::incomplete || end == object.size();
  if (result != JsonScanner::Result::invalid && cut_short && call.may_wait() && bytes.size() < call.window_bytes()) {
    return wait(call, bytes.size() + 1 + object.size() / 4);
  }
  const bool complete = result == JsonScanner::Result::complete;
  if (!complete || (end < object.size() && object[end] != '{' && !is_trailer(object[end]))) return Answer::nothing;
  call.next = {.to = Decision::To::json, .search = true};
  call.context.counters.count(Evidence::json_row);
  return Answer::decided;
}

// At the end of the available bytes: are there headers without a delimiter?
Detector::Answer Detector::headers_in_a_row(FramerCall& call, Bytes& bytes) {
  const bool late = call.damage != Integrity::whole;
  HeaderKind first = header_at(bytes);
  if (first == HeaderKind::incomplete && !call.may_wait() && begins_with_priority(bytes)) first = HeaderKind::bare;
  if (first == HeaderKind::none && (!late || (headers_ == 0 && bare_ == 0))) return Answer::nothing;
  const bool silent = call.quiet && !late;
  HeaderKind kind = first;
  bool proven = fresh_headers_ >= kFreshHeaders || headers_ >= kHeadersInARow;
  if (!late && first == HeaderKind::bare) {
    proven = fresh_headers_ >= kFreshPriorities || ((paused_ || call.ended) && fresh_headers_ > 0);
    paused_ = paused_ || silent;
  } else if (!late) {
    proven = proven || silent || (call.ended && headers_ > 0) || (headers_ > 0 && bytes.size() > call.record_bytes());
  }
  if (late && !proven && headers_ == 0 && bare_ == kFreshPriorities) return late_segments(call, bytes);
  if (!proven || first == HeaderKind::incomplete) return Answer::nothing;
  if (late) {  // the first header that is a proof
    std::size_t at = 0;
    while (at < bytes.size() && !is_proof(header_at(bytes.subspan(at)))) ++at;
    if (at == bytes.size()) return Answer::nothing;
    kind = header_at(bytes.subspan(at));
    emit_passed(call, bytes.first(at));
    bytes = bytes.subspan(at);
  }
  call.context.counters.count(Evidence::header_row);
  call.next = {.to = Decision::To::priority, .header = kind};
  if (kind == HeaderKind::bare) give_out_segments(call, bytes);
  return Answer::decided;
}

// Gives out all messages except the last one. Only the starts of their segments separate them. If a <PRI> is also
// inside a message, it is not known which ones began a segment, and the messages stay together.
void Detector::give_out_segments(FramerCall& call, Bytes& bytes) const {
  std::size_t inside = priorities_inside(bytes);
  if (inside != fresh_headers_) return;
  for (; inside > 0; --inside) {
    const std::size_t size = next_priority(bytes);
    emit_held(call, bytes.first(size));
    bytes = bytes.subspan(size);
  }
}

// The same in a stream that was joined late. If it is not known which <PRI> began a segment, the last one did.
Detector::Answer Detector::late_segments(FramerCall& call, Bytes& bytes) const {
  const bool inside = call.fresh > bytes.data() && call.fresh < bytes.data() + bytes.size();
  const auto last = inside ? static_cast<std::size_t>(call.fresh - bytes.data()) : bytes.size();
  if (!begins_with_priority(bytes.subspan(last))) return Answer::nothing;
  const bool known = priorities_inside(bytes) == bare_;
  const bool begun = begins_with_priority(bytes);
  if (!known || !begun) {
    const std::size_t passed = known ? next_priority(bytes) : last;
    emit_passed(call, bytes.first(passed));
    bytes = bytes.subspan(passed);
  }
  for (unsigned left = !known ? 0U : begun ? bare_ : bare_ - 1U; left > 0; --left) {
    const std::size_t size = next_priority(bytes);
    emit_held(call, bytes.first(size));
    bytes = bytes.subspan(size);
  }
  call.context.counters.count(Evidence::header_row);
  call.next = {.to = Decision::To::priority, .header = HeaderKind::bare};
  return Answer::decided;
}

// No more bytes can be waited for.
Detector::Answer Detector::take_what_there_is(FramerCall& call, Bytes& bytes) {
  const Answer answer = headers_in_a_row(call, bytes);
  if (answer != Answer::nothing) return answer;
  // If records have a start of their own, a NUL that is not followed by such a start is not a proof.
  const bool no_start = !begins_with_priority(bytes) && opening_of(bytes) == Opening::other;
  const bool nul = nuls_ > 0 && (no_start || !call.final);
  if (line_feeds_ > 0 || nul) return lines(call, bytes, !nul, nul);
  if (call.final) {
    if (begins_with_priority(bytes)) call.context.counters.count(Evidence::priority);
    return Answer::wait;
  }
  call.context.counters.count(begins_with_priority(bytes) ? Evidence::priority : Evidence::no_delimiter);
  call.next = {.to = Decision::To::delimited, .late = false};
  return Answer::decided;
}

}  // namespace logsniffd::framing
