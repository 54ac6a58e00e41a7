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

// Whether a frame that begins so needs no closer look than at its delimiter.
bool StreamFramer::is_line_for_sure(Bytes bytes) const {
  if (probation_ > 0) return false;
  return mode_ == Mode::octet ? bytes[0] == '<' : !may_be_count(bytes);
}

// A line whatever it begins with, and those behind it up to where one may be a counted frame. The hot path.
void StreamFramer::cut_lines(Call& call, Bytes& bytes) {
  const bool lines_alone = !may_count(call);
  Bytes left = bytes;
  std::size_t lines = 0;
  do {
    const std::uint8_t* const end = find_delimiter(call, left);
    if (end == nullptr) {
      begin_line(call, left);
      break;
    }
    const auto size = static_cast<std::size_t>(end - left.data());
    emit_line(call, left.first(size));
    left = left.subspan(size + 1);
    ++lines;
  } while (!left.empty() && (lines_alone || is_line_for_sure(left)));
  call.context.counters.overhead_bytes.add(lines);
  bytes = left;
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
