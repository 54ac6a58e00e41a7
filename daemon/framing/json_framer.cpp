#include "daemon/framing/json_framer.hpp"

#include <cstring>

namespace logsniffd::framing {
namespace {

using Result = JsonScanner::Result;

constexpr bool is_blank(std::uint8_t b) { return b == ' ' || b == '\t' || b == '\r'; }
constexpr std::size_t kMaxEffort = 4;  // of a search: bytes looked at for each byte of its window

constexpr bool is_delimiter(std::uint8_t b) { return b == '\n' || b == '\0'; }

}  // namespace

void JsonFramer::gap(FramerCall& call) {
  if (!row_) {
    call.next = {.to = Decision::To::detector};
    return;
  }
  searching_ = true;
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
  emit_cut(call, held, call.context.counters.skipped_bytes);
  skipping_ = one_out_ = true;
  scanned_ = 0;
}

Bytes JsonFramer::cut(FramerCall& call, Bytes bytes) {
  while (!bytes.empty() && call.next.to == Decision::To::same) {
    if (skipping_) {
      skip(call, bytes);
    } else if (searching_) {
      if (search(call, bytes) == Step::wait) break;
    } else if (scanned_ == 0 && !between(call, bytes)) {
      continue;
    } else if (object(call, bytes) == Step::wait) {
      break;
    }
  }
  return bytes;
}

// What stands between two objects. Tells whether one begins behind it.
bool JsonFramer::between(FramerCall& call, Bytes& bytes) {
  bool lf = false;
  bool nul = false;
  std::size_t size = 0;
  for (; size < bytes.size() && (is_blank(bytes[size]) || is_delimiter(bytes[size])); ++size) {
    lf = lf || bytes[size] == '\n';
    nul = nul || bytes[size] == '\0';
  }
  call.overhead(size);
  bytes = bytes.subspan(size);
  if (one_out_ && !row_ && (lf || nul) && !(several_lines_ && !nul)) {
    call.context.counters.count(nul && !lf ? Evidence::nul : Evidence::line_feed);
    call.next = {
        .to = Decision::To::delimited, .terminator = nul ? Terminator::nul : Terminator::lf, .starts = Opener::json};
    return false;
  }
  if (bytes.empty()) return false;
  if (bytes[0] == '{') return true;
  refuse(call);
  return false;
}

// The bytes are no object. Behind some that were, another one may follow soon.
void JsonFramer::refuse(FramerCall& call) {
  scanner_ = {};
  scanned_ = 0;
  if (row_) {
    searching_ = true;
  } else {
    call.next = {.to = Decision::To::detector, .no_json = true};
  }
}

Step JsonFramer::object(FramerCall& call, Bytes& bytes) {
  std::size_t at = scanned_;
  const Result result = scanner_.scan(bytes, at);
  scanned_ = static_cast<std::uint32_t>(at);
  if (result == Result::invalid) {
    refuse(call);
    return Step::taken;
  }
  if (result == Result::incomplete) return call.wait(bytes.size() + 1);
  scanned_ = 0;
  const Bytes behind = bytes.subspan(at);
  if (!row_ && !behind.empty() && !is_row(behind)) {
    const auto next = std::find_if_not(behind.begin(), behind.end(), is_blank);
    if (next != behind.end() && *next != '{' && !is_delimiter(*next)) {
      refuse(call);
      return Step::taken;
    }
  } else if (!row_ && (one_out_ || !behind.empty())) {
    row_ = true;
    call.context.counters.count(Evidence::json_row);
  }
  if (!one_out_) several_lines_ = std::memchr(bytes.data(), '\n', at) != nullptr;
  one_out_ = true;
  emit(call, bytes.first(at));
  bytes = behind;
  return Step::taken;
}

// Whether another object stands behind the first one, and nothing in sight speaks against it.
bool JsonFramer::is_row(Bytes bytes) const {
  bool one = false;
  while (!bytes.empty() && bytes[0] == '{') {
    std::size_t at = 0;
    JsonScanner scanner;
    const Result result = scanner.scan(bytes, at);
    if (result == Result::invalid) return false;
    one = true;
    if (result == Result::incomplete) return true;
    bytes = bytes.subspan(at);
  }
  return one && (bytes.empty() || is_blank(bytes[0]) || is_delimiter(bytes[0]));
}

// The next place where an object begins that is complete, and is followed by another one, by a delimiter or by nothing.
Step JsonFramer::search(FramerCall& call, Bytes& bytes) {
  std::size_t effort = kMaxEffort * call.window_bytes();
  for (std::size_t at = scanned_; at < bytes.size(); ++at) {
    if (is_delimiter(bytes[at])) {
      searching_ = row_ = false;
      scanned_ = 0;
      call.next = {.to = Decision::To::detector, .no_json = true};
      return Step::taken;
    }
    if (bytes[at] != '{') continue;
    std::size_t end = 0;
    JsonScanner scanner;
    const Bytes object = bytes.subspan(at);
    const Result result = scanner.scan(object, end);
    const bool last = end == object.size();
    const bool proven = result == Result::complete && (last || object[end] == '{' || is_delimiter(object[end]));
    if (result == Result::incomplete && !call.final && bytes.size() < call.window_bytes()) {
      scanned_ = static_cast<std::uint32_t>(at);
      return call.wait(bytes.size() + 1 + object.size() / 4);  // so that what is looked at again stays in proportion
    }
    if (end > effort) break;
    effort -= end;
    if (result == Result::complete && !proven) at += end - 1;  // nothing inside it stands by itself
    if (!proven) continue;
    call.context.counters.resyncs.add();
    emit_passed(call, bytes.first(at));
    bytes = object;
    searching_ = false;
    scanned_ = 0;
    return Step::taken;
  }
  scanned_ = static_cast<std::uint32_t>(bytes.size());
  return call.wait(bytes.size() + 1);
}

void JsonFramer::skip(FramerCall& call, Bytes& bytes) {
  std::size_t at = 0;
  const Result result = scanner_.scan(bytes, at);
  call.context.counters.skipped_bytes.add(at);
  bytes = bytes.subspan(at);
  if (result == Result::incomplete) return;
  skipping_ = false;
  if (result == Result::invalid) refuse(call);
}

}  // namespace logsniffd::framing
