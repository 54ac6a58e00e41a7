#include "daemon/framing/json_framer.hpp"

#include <cstring>

#include "daemon/framing/json_place.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

using Result = JsonScanner::Result;

constexpr std::size_t kMaxEffort = 4;    // of a search: bytes examined for each byte of its window
constexpr std::size_t kForgiven = 4096;  // bytes after a raw LF in a string, up to the end of the value

constexpr bool is_value_start(std::uint8_t b) { return b == '{' || b == '['; }

// The last byte before bytes[at] that is not blank; NUL at the front.
std::uint8_t last_before(Bytes bytes, std::size_t at) {
  const std::size_t stop = at - std::min(at, kMaxLead);
  while (at > stop) {
    const std::uint8_t b = bytes[--at];
    if (b != ' ' && b != '\t' && b != '\r' && b != '\n') return b;
  }
  return 0;
}

}  // namespace

void JsonFramer::gap(FramerCall& call) {
  if (!row_ && !several_lines_) {
    call.next = {.to = Decision::To::detector};
    return;
  }
  searching_ = row_ = true;
  skipping_ = false;
  scanned_ = 0;
  scanner_ = {};
}

void JsonFramer::give_up(FramerCall& call, Bytes held) {
  if (searching_) {
    emit_passed(call, held);
    call.damage = Integrity::joined_late;
    call.next = {.to = Decision::To::detector};
    return;
  }
  if (scanned_ == 0) {  // the value was examined as a whole
    std::size_t at = 0;
    scanner_ = JsonScanner(JsonScanner::LineEnds::forgiven);
    skipping_ = scanner_.scan(held, at) == Result::incomplete;
  } else {
    skipping_ = true;
  }
  emit_cut(call, held, call.context.counters.skipped_bytes);
  one_out_ = true;
  scanned_ = 0;
  if (!skipping_) scanner_ = {};
}

Bytes JsonFramer::cut(FramerCall& call, Bytes bytes) {
  while (!bytes.empty() && call.next.to == Decision::To::same) {
    if (step(call, bytes) == Step::wait) break;
  }
  return bytes;
}

Step JsonFramer::step(FramerCall& call, Bytes& bytes) {
  if (skipping_) {
    skip(call, bytes);
    return Step::taken;
  }
  if (searching_) return search(call, bytes);
  if (scanned_ > 0) return value(call, bytes);
  if (between(call, bytes) == Step::wait) return Step::wait;
  const bool here = !bytes.empty() && call.next.to == Decision::To::same && !searching_;
  return here ? value(call, bytes) : Step::taken;
}

// Skips what is between two values. If a value follows, `bytes` begins with it afterwards.
Step JsonFramer::between(FramerCall& call, Bytes& bytes) {
  const JsonLead lead = json_lead_of(bytes);
  call.overhead(lead.size);
  bytes = bytes.subspan(lead.size);
  const bool delimited = (lead.lf || lead.nul) && !lead.comma && !(several_lines_ && !lead.nul);
  if (one_out_ && !row_ && delimited) {
    call.context.counters.count(lead.nul && !lead.lf ? Evidence::nul : Evidence::line_feed);
    call.next = {.to = Decision::To::delimited,
                 .terminator = lead.nul ? Terminator::nul : Terminator::lf,
                 .starts = Opener::json};
    return Step::taken;
  }
  if (lead.incomplete && call.may_wait()) return call.wait(bytes.size() + 1);
  if (!bytes.empty() && !is_value_start(bytes[0])) refuse(call);
  return Step::taken;
}

// The bytes are not a value. If they follow values, another one may come soon.
void JsonFramer::refuse(FramerCall& call) {
  scanner_ = {};
  scanned_ = 0;
  if (row_) {
    searching_ = true;
  } else {
    call.next = {.to = Decision::To::detector, .no_json = true};
  }
}

Step JsonFramer::value(FramerCall& call, Bytes& bytes) {
  std::size_t at = scanned_;
  Result result = scanner_.scan(bytes, at);
  scanned_ = static_cast<std::uint32_t>(at);
  if (result == Result::incomplete) return call.wait(bytes.size() + 1);
  scanner_ = {};
  scanned_ = 0;
  if (result == Result::invalid && (bytes[at] == '\n' || bytes[at] == '\r')) {
    const std::size_t behind = bytes.size() - at;
    result = scan_json(bytes, at);
    // The repeated work stays proportional.
    if (result == Result::incomplete && call.may_wait() && behind < kForgiven)
      return call.wait(bytes.size() + 1 + bytes.size() / 4);
  }
  if (result != Result::complete) {
    refuse(call);
    return Step::taken;
  }
  const Bytes behind = bytes.subspan(at);
  if (!row_) {
    const Behind what = look_behind(call, behind);
    if (what == Behind::wait) return call.wait(bytes.size() + 1 + behind.size());  // the value is scanned again
    if (what == Behind::other) {
      refuse(call);
      return Step::taken;
    }
    row_ = what == Behind::row || (what == Behind::nothing && one_out_);
    if (row_) call.context.counters.count(Evidence::json_row);
  }
  if (!one_out_) several_lines_ = std::memchr(bytes.data(), '\n', at) != nullptr;
  one_out_ = true;
  emit(call, bytes.first(at));
  bytes = behind;
  return Step::taken;
}

// What follows the first value: another value, if nothing in sight contradicts it, or a delimiter.
JsonFramer::Behind JsonFramer::look_behind(const FramerCall& call, Bytes bytes) {
  bool one = false;
  while (true) {
    const JsonLead lead = json_lead_of(bytes);
    if ((lead.lf || lead.nul) && !lead.comma) return one ? Behind::row : Behind::delimiter;
    const bool may_wait = call.may_wait() && bytes.size() <= kMaxLead;
    bytes = bytes.subspan(lead.size);
    if (lead.incomplete) return may_wait ? Behind::wait : Behind::other;
    if (bytes.empty() && lead.comma && !one) return may_wait ? Behind::wait : Behind::row;
    if (bytes.empty()) return one ? Behind::row : Behind::nothing;
    if (!is_value_start(bytes[0])) return Behind::other;
    const JsonStart start = json_start_at(bytes);
    if (start == JsonStart::no) return Behind::other;
    if (start == JsonStart::incomplete) return bytes[0] == '{' || !may_wait ? Behind::row : Behind::wait;
    std::size_t end = 0;
    const Result result = scan_json(bytes, end);
    if (result == Result::invalid) return Behind::other;
    if (result == Result::incomplete) return Behind::row;
    one = true;
    bytes = bytes.subspan(end);
  }
}

// Whether records of another kind begin at bytes[at].
bool JsonFramer::ends_search(Bytes bytes, std::size_t at) const {
  if (bytes[at] == '\0') return true;
  if (!several_lines_) return bytes[at] == '\n';
  return at > 0 && bytes[at - 1] == '\n' && !may_be_inside_json(bytes[at]);
}

// Finds the next complete value that is followed by another value, by a delimiter or by nothing.
Step JsonFramer::search(FramerCall& call, Bytes& bytes) {
  std::size_t effort = kMaxEffort * call.window_bytes();
  for (std::size_t at = scanned_; at < bytes.size(); ++at) {
    if (ends_search(bytes, at)) {
      searching_ = row_ = false;
      scanned_ = 0;
      call.next = {.to = Decision::To::detector, .no_json = true};
      return Step::taken;
    }
    if (!is_value_start(bytes[at])) continue;
    const Bytes value = bytes.subspan(at);
    if (bytes[at] == '[' && json_start_at(value) == JsonStart::no) continue;
    const std::uint8_t before = last_before(bytes, at);
    if (before == ':' || before == '[') continue;  // it is part of another value
    std::size_t end = 0;
    JsonScanner scanner;
    const Result result = scanner.scan(value, end);
    const bool complete = result == Result::complete;
    const bool last = complete && end == value.size();
    const bool line = several_lines_ && (at == 0 || bytes[at - 1] == '\n') && complete && value[end - 2] == '\n';
    const bool beside =
        complete && !last && (is_value_start(value[end]) || (!several_lines_ && is_trailer(value[end])));
    const bool nothing = last && (!call.may_wait() || (!several_lines_ && before != ','));
    if (line || beside || nothing) return found(call, bytes, at);
    if ((last || result == Result::incomplete) && !call.final && bytes.size() < call.window_bytes()) {
      scanned_ = static_cast<std::uint32_t>(at);
      return call.wait(bytes.size() + 1 + value.size() / 4);  // so that repeated work stays proportional
    }
    if (end > effort) break;
    effort -= end;
    if (complete) at += end - 1;  // nothing inside it is a value of its own
  }
  scanned_ = static_cast<std::uint32_t>(bytes.size());
  return call.wait(bytes.size() + 1);
}

Step JsonFramer::found(FramerCall& call, Bytes& bytes, std::size_t at) {
  call.context.counters.resyncs.add();
  const Bytes passed = without_trailer(bytes.first(at));
  call.overhead(at - passed.size());
  emit_passed(call, passed);
  bytes = bytes.subspan(at);
  searching_ = false;
  scanned_ = 0;
  return Step::taken;
}

void JsonFramer::skip(FramerCall& call, Bytes& bytes) {
  std::size_t at = 0;
  const Result result = scanner_.scan(bytes, at);
  call.context.counters.skipped_bytes.add(at);
  bytes = bytes.subspan(at);
  if (result == Result::incomplete) return;
  skipping_ = false;
  scanner_ = {};
  if (result == Result::invalid) refuse(call);
}

}  // namespace logsniffd::framing
