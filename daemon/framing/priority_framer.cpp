#include "daemon/framing/priority_framer.hpp"

#include <cstring>

#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

constexpr unsigned kDelimited = 3;

}  // namespace

void PriorityFramer::gap(FramerCall&) {
  searching_ = true;
  skipping_ = false;
  scanned_ = 0;
}

void PriorityFramer::give_up(FramerCall& call, Bytes held) {
  if (searching_) {
    emit_passed(call, held);
  } else {
    emit_cut(call, held, call.context.counters.skipped_bytes);
    skipping_ = true;
  }
  scanned_ = 0;
}

Bytes PriorityFramer::cut(FramerCall& call, Bytes bytes) {
  while (!bytes.empty() && call.next.to == Decision::To::same) {
    if (scanned_ == 0 && !skipping_ && !searching_ && !between(call, bytes)) continue;
    std::size_t at = scanned_;
    if (find_next(call, bytes, at)) {
      scanned_ = 0;
      if (skipping_) {
        call.context.counters.skipped_bytes.add(at);
      } else if (searching_) {
        emit_passed(call, bytes.first(at));
        call.context.counters.resyncs.add();
      } else {
        emit_message(call, bytes.first(at));
      }
      skipping_ = searching_ = false;
      bytes = bytes.subspan(at);
      continue;
    }
    if (skipping_) {
      call.context.counters.skipped_bytes.add(at);
      bytes = bytes.subspan(at);
      if (!bytes.empty()) (void)call.wait(bytes.size() + 1);
      break;
    }
    // The end of the stream ends the message, unless it is within a header.
    const bool ends = call.ended && at == bytes.size() && header_at(bytes) != HeaderKind::incomplete;
    const bool complete = call.quiet || ends;
    if (!searching_ && complete) {
      scanned_ = 0;
      emit_message(call, bytes);
      return {};
    }
    scanned_ = static_cast<std::uint32_t>(at);
    (void)call.wait(bytes.size() + 1);
    break;
  }
  return bytes;
}

// Skips what is between two messages. Returns whether a message follows.
bool PriorityFramer::between(FramerCall& call, Bytes& bytes) {
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), is_trailer);
  const auto size = static_cast<std::size_t>(first - bytes.begin());
  call.overhead(size);
  bytes = bytes.subspan(size);
  if (bytes.empty()) return false;
  const FrameStart::Kind kind = priority_at(bytes);
  if (kind == FrameStart::Kind::priority) return true;
  if (kind == FrameStart::Kind::incomplete && call.may_wait()) return true;
  if (call.damage == Integrity::whole) call.damage = Integrity::joined_late;
  call.next = {.to = Decision::To::detector};
  return false;
}

// Looks for the next message after bytes[at], and leaves `at` there. If there is none, leaves `at` after the bytes that
// need not be examined again.
bool PriorityFramer::find_next(FramerCall& call, Bytes bytes, std::size_t& at) const {
  if (header_ == HeaderKind::bare) {
    const bool inside = call.fresh != nullptr && call.fresh > bytes.data() && call.fresh < bytes.data() + bytes.size();
    const std::size_t from = inside ? static_cast<std::size_t>(call.fresh - bytes.data()) : 0;
    const bool next =
        (inside || searching_ || skipping_) && priority_at(bytes.subspan(from)) == FrameStart::Kind::priority;
    at = next ? from : bytes.size();
    return next;
  }
  if (at == 0 && !searching_ && !skipping_) at = 1;
  while (at < bytes.size()) {
    const void* const found = std::memchr(bytes.data() + at, '<', bytes.size() - at);
    if (found == nullptr) {
      at = bytes.size();
      return false;
    }
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
    const HeaderKind kind = header_at(bytes.subspan(at));
    if (kind == header_) return true;
    if (kind == HeaderKind::incomplete && !call.quiet) return false;
    ++at;
  }
  return false;
}

void PriorityFramer::emit_message(FramerCall& call, Bytes whole) {
  const Bytes message = without_trailer(whole);
  const Bytes trailer = whole.subspan(message.size());
  call.overhead(trailer.size());
  delimited_ = (trailer.empty() ? 0U : std::min(delimited_ + 1U, kDelimited)) & 3U;
  if (delimited_ == kDelimited) {
    const bool nul = std::find(trailer.begin(), trailer.end(), '\0') != trailer.end();
    call.next = {.to = Decision::To::delimited,
                 .terminator = nul ? Terminator::nul : Terminator::lf,
                 .starts = Opener::priority};
  }
  if (!message.empty()) emit_held(call, message);
}

}  // namespace logsniffd::framing
