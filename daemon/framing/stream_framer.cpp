#include "daemon/framing/stream_framer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace logsniffd::framing {
namespace {

const std::uint8_t* find(Bytes bytes, std::uint8_t delimiter) {
  return static_cast<const std::uint8_t*>(std::memchr(bytes.data(), delimiter, bytes.size()));
}

}  // namespace

StreamFramer::StreamFramer(Method method, bool joined_late)
    : delimiter_(method == Method::nul ? '\0' : '\n'),
      decided_(method == Method::lines || method == Method::nul),
      damage_(joined_late ? Integrity::joined_late : Integrity::whole) {}

void StreamFramer::bytes(FramingContext& context, Bytes bytes, FrameObserver& observer) {
  if (!decided_ && !decide(bytes)) return keep(context, bytes, observer);
  while (!bytes.empty()) {
    const std::uint8_t* const delimiter = find(bytes, delimiter_);
    if (delimiter == nullptr) return keep(context, bytes, observer);
    const auto size = static_cast<std::size_t>(delimiter - bytes.data());
    complete(context, bytes.first(size), observer);
    bytes = bytes.subspan(size + 1);
  }
}

void StreamFramer::gap(FramingContext& context, FrameObserver& observer) {
  if (partial_) {
    observer.on_frame(*partial_, take_damage(Integrity::gap));
    drop_partial(context);
  }
  skipping_ = false;
  damage_ = Integrity::gap;
}

void StreamFramer::end(FramingContext& context, FrameObserver& observer) {
  if (!partial_) return;
  observer.on_frame(*partial_, take_damage(Integrity::unfinished));
  drop_partial(context);
}

bool StreamFramer::decide(Bytes bytes) {
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == '\n' || b == '\0'; });
  if (first == bytes.end()) return false;
  delimiter_ = *first;
  decided_ = true;
  return true;
}

// `tail` is what precedes the delimiter that was just found.
void StreamFramer::complete(FramingContext& context, Bytes tail, FrameObserver& observer) {
  if (skipping_) {
    context.counters.skipped_bytes.add(tail.size());
    skipping_ = false;
    return;
  }
  if (!partial_) [[likely]]
    return emit(context, tail, observer);
  keep(context, tail, observer);
  if (skipping_) {  // that was too much
    skipping_ = false;
    return;
  }
  emit(context, *partial_, observer);
  drop_partial(context);
}

void StreamFramer::keep(FramingContext& context, Bytes bytes, FrameObserver& observer) {
  if (skipping_) {
    context.counters.skipped_bytes.add(bytes.size());
    return;
  }
  const std::uint64_t held = partial_ ? partial_->size() : 0;
  const std::uint64_t room = context.limits.record_bytes - std::min(context.limits.record_bytes, held);
  const std::uint64_t used = context.counters.partial_bytes.get();
  const std::uint64_t budget = context.limits.partial_bytes - std::min(context.limits.partial_bytes, used);
  const auto kept = static_cast<std::size_t>(std::min({room, budget, std::uint64_t{bytes.size()}}));
  if (kept > 0) {
    if (!partial_) partial_ = context.spare.take();
    partial_->insert(partial_->end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(kept));
    context.counters.partial_bytes.add(kept);
  }
  if (kept == bytes.size()) return;
  context.counters.skipped_bytes.add(bytes.size() - kept);
  cut(context, partial_ ? Bytes(*partial_) : Bytes(), observer);
  drop_partial(context);
  skipping_ = true;
}

void StreamFramer::emit(FramingContext& context, Bytes frame, FrameObserver& observer) {
  if (frame.size() > context.limits.record_bytes) [[unlikely]]
    return cut(context, frame, observer);
  if (delimiter_ == '\n' && !frame.empty() && frame.back() == '\r') frame = frame.first(frame.size() - 1);
  observer.on_frame(frame, take_damage(Integrity::whole));
}

void StreamFramer::cut(FramingContext& context, Bytes frame, FrameObserver& observer) {
  const std::size_t kept = utf8_prefix(frame, static_cast<std::size_t>(context.limits.record_bytes));
  context.counters.truncated.add();
  context.counters.skipped_bytes.add(frame.size() - kept);
  observer.on_frame(frame.first(kept), take_damage(Integrity::truncated));
}

void StreamFramer::drop_partial(FramingContext& context) {
  if (!partial_) return;
  context.counters.partial_bytes.subtract(partial_->size());
  context.spare.give(std::move(partial_));
}

// Damage at the start of a frame is told before any at its end.
Integrity StreamFramer::take_damage(Integrity otherwise) {
  const Integrity damage = std::exchange(damage_, Integrity::whole);
  return damage == Integrity::whole ? otherwise : damage;
}

}  // namespace logsniffd::framing
