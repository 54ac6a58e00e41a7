// StreamFramer: evidence, and frames up to a delimiter.
#include <algorithm>
#include <cstring>
#include <utility>

#include "daemon/framing/stream_framer.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

const std::uint8_t* find(Bytes bytes, std::uint8_t delimiter) {
  return static_cast<const std::uint8_t*>(std::memchr(bytes.data(), delimiter, bytes.size()));
}

// A cheap look at a frame's start: dates and numbers are no counts.
bool may_be_count(Bytes bytes) {
  if (bytes[0] < '1' || bytes[0] > '9') return false;
  const auto end = std::find_if_not(bytes.begin(), bytes.end(), is_digit);
  return end == bytes.end() || *end == ' ';
}

}  // namespace

StreamFramer::Step StreamFramer::decide(Call& call, Bytes& bytes) {
  const Circumstances circumstances{damage_ != Integrity::whole, call.final, max_count(call),
                                    static_cast<std::size_t>(call.context.limits.record_bytes), window_bytes(call)};
  const Judgement judgement = judge(bytes, left_, circumstances);
  if (judgement.kind == Judgement::Kind::wait) return wait(call, judgement.wanted);
  left_ = 0;
  switch (judgement.kind) {
    case Judgement::Kind::wait:
      break;
    case Judgement::Kind::decided:
      if (judgement.evidence == Evidence::count) {  // not before it is believed
        return start_counted(call, bytes, frame_start_at(bytes, CountRule::before_priority, max_count(call)));
      }
      adopt(call, bytes, judgement);
      break;
    case Judgement::Kind::search:
      search_from_here();
      break;
    case Judgement::Kind::foreign:
      mode_ = Mode::foreign;
      call.context.counters.count(judgement.foreign);
      call.observer.on_foreign(judgement.foreign);
      break;
    case Judgement::Kind::undecided:
      begin_line(call, bytes);
      break;
  }
  return Step::taken;
}

void StreamFramer::adopt(Call& call, Bytes& bytes, const Judgement& judgement) {
  switch (judgement.evidence) {
    case Evidence::length_4_big:
    case Evidence::length_4_little:
    case Evidence::length_2_big:
    case Evidence::length_2_little:
      call.context.counters.count(judgement.evidence);
      mode_ = Mode::length;
      two_bytes_ = format_of(judgement.evidence).bytes == 2;
      little_endian_ = format_of(judgement.evidence).order == std::endian::little;
      if (judgement.at > 0) resynchronise(call, bytes, {Boundary::Kind::length, judgement.at});
      return;
    case Evidence::line_feed:
      terminator_ = Terminator::lf;
      break;
    case Evidence::nul:
      terminator_ = Terminator::nul;
      break;
    case Evidence::count:
    case Evidence::later_count:
    case Evidence::count_chain:
    case Evidence::priority:
    case Evidence::no_delimiter:
      break;
  }
  decide_on_lines(call, judgement.evidence);
}

void StreamFramer::decide_on_lines(Call& call, Evidence evidence) {
  call.context.counters.count(evidence);
  mode_ = Mode::delimited;
  if (damage_ != Integrity::whole) probation_ = kProbation;
}

std::uint8_t StreamFramer::delimiter(const Call& call) const {
  if (terminator_ == Terminator::configured) return call.options.delimiter;
  return terminator_ == Terminator::nul ? '\0' : '\n';
}

const std::uint8_t* StreamFramer::find_delimiter(const Call& call, Bytes bytes) {
  if (terminator_ != Terminator::unknown) [[likely]]
    return find(bytes, delimiter(call));
  const std::uint8_t* const lf = find(bytes, '\n');
  const std::size_t before = lf == nullptr ? bytes.size() : static_cast<std::size_t>(lf - bytes.data());
  const std::uint8_t* const nul = find(bytes.first(before), '\0');
  if (nul != nullptr || lf != nullptr) terminator_ = nul != nullptr ? Terminator::nul : Terminator::lf;
  return nul != nullptr ? nul : lf;
}

// Whether a frame may turn out to be a counted one.
bool StreamFramer::may_count(const Call& call) const {
  return call.options.method != Method::lines && call.options.method != Method::nul;
}

// A line whatever it begins with, and those behind it that need no closer look than at their delimiter.
void StreamFramer::cut_lines(Call& call, Bytes& bytes) {
  const std::uint8_t* const end = find_delimiter(call, bytes);
  if (end == nullptr) return begin_line(call, bytes);
  const auto size = static_cast<std::size_t>(end - bytes.data());
  call.context.counters.overhead_bytes.add(1);
  emit_line(call, bytes.first(size));
  bytes = bytes.subspan(size + 1);
  if (!may_count(call)) return cut_sure_lines(call, bytes, [](Bytes) { return true; });
  if (probation_ > 0) return;
  if (mode_ == Mode::octet) return cut_sure_lines(call, bytes, [](Bytes left) { return left[0] == '<'; });
  cut_sure_lines(call, bytes, [](Bytes left) { return !may_be_count(left); });
}

// The hot path: as long as the next frame is a line for sure. REQUIRED: no damage, and the terminator is known.
template <class IsLine>
void StreamFramer::cut_sure_lines(Call& call, Bytes& bytes, IsLine is_line) {
  const std::uint8_t until = delimiter(call);
  const auto limit = static_cast<std::size_t>(call.context.limits.record_bytes);
  std::size_t overhead = 0;
  while (!bytes.empty() && is_line(bytes)) {
    const std::uint8_t* const end = find(bytes, until);
    if (end == nullptr) {
      begin_line(call, bytes);
      break;
    }
    const auto size = static_cast<std::size_t>(end - bytes.data());
    const std::size_t cr = until == '\n' && size > 0 && bytes[size - 1] == '\r' ? 1 : 0;
    overhead += 1 + cr;
    if (size - cr <= limit) [[likely]] {
      call.observer.on_frame(bytes.first(size - cr), Integrity::whole);
    } else {
      emit_cut(call, bytes.first(size - cr), call.context.counters.skipped_bytes);
    }
    bytes = bytes.subspan(size + 1);
  }
  call.context.counters.overhead_bytes.add(overhead);
}

// `bytes` holds no delimiter. What is too long already is cut.
void StreamFramer::begin_line(Call& call, Bytes& bytes) {
  state_ = State::line;
  if (bytes.size() <= call.context.limits.record_bytes + 1) return;  // 1: a CR
  emit_cut(call, bytes, call.context.counters.skipped_bytes);
  state_ = State::skip_line;
  bytes = {};
}

void StreamFramer::emit_line(Call& call, Bytes frame) {
  if (!frame.empty() && frame.back() == '\r' && delimiter(call) == '\n') {
    frame = frame.first(frame.size() - 1);
    call.context.counters.overhead_bytes.add(1);
  }
  if (frame.size() > call.context.limits.record_bytes) [[unlikely]]
    return emit_cut(call, frame, call.context.counters.skipped_bytes);
  call.observer.on_frame(frame, take_damage(Integrity::whole));
}

// At most limits.record of it.
void StreamFramer::emit_cut(Call& call, Bytes frame, Counter& skipped) {
  const std::size_t kept = utf8_prefix(frame, static_cast<std::size_t>(call.context.limits.record_bytes));
  call.context.counters.truncated.add();
  skipped.add(frame.size() - kept);
  call.observer.on_frame(frame.first(kept), take_damage(Integrity::truncated));
}

// Damage at the start of a frame is told before any at its end.
Integrity StreamFramer::take_damage(Integrity otherwise) {
  const Integrity damage = damage_;
  damage_ = Integrity::whole;
  return damage == Integrity::whole ? otherwise : damage;
}

}  // namespace logsniffd::framing
