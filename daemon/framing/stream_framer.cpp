#include "daemon/framing/stream_framer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace logsniffd::framing {
namespace {

// What a search or a doubt may need beyond two records: their headers, and the start of a third.
constexpr std::size_t kWindowSlack = 64;
constexpr std::size_t kMaxRecord = std::numeric_limits<std::uint32_t>::max() / 4;
constexpr std::size_t kCarriageReturn = 1;  // before the LF of a record that is as long as it may be

}  // namespace

StreamFramer::StreamFramer(const FramingOptions& options, bool joined_late)
    : mode_(Mode::undecided),
      state_(State::start),
      damage_(joined_late ? Integrity::joined_late : Integrity::whole),
      terminator_(Terminator::unknown) {
  switch (options.method) {
    case Method::automatic:
    case Method::datagram:
      return;
    case Method::lines:
      mode_ = Mode::delimited;
      terminator_ = Terminator::configured;
      return;
    case Method::nul:
      mode_ = Mode::delimited;
      terminator_ = Terminator::nul;
      return;
    case Method::octet:
      mode_ = Mode::octet;
      break;
    case Method::length:
      mode_ = Mode::length;
      two_bytes_ = options.length.bytes == 2;
      little_endian_ = options.length.order == std::endian::little;
      break;
  }
  if (joined_late) search_from_here();
}

void StreamFramer::bytes(FramingContext& context, const FramingOptions& options, Bytes bytes, FrameObserver& observer) {
  Call call{context, options, observer, false};
  bytes = cut(call, resume(call, bytes));
  if (!bytes.empty()) keep(call, bytes);
}

void StreamFramer::gap(FramingContext& context, const FramingOptions& options, FrameObserver& observer) {
  Call call{context, options, observer, true};
  flush(call, Integrity::gap);
  damage_ = Integrity::gap;
  proven_ = after_count_ = false;
  probation_ = kProbation;
  left_ = 0;
  state_ = State::start;
  if (mode_ == Mode::octet || mode_ == Mode::length) search_from_here();
}

void StreamFramer::end(FramingContext& context, const FramingOptions& options, FrameObserver& observer) {
  Call call{context, options, observer, true};
  flush(call, Integrity::unfinished);
}

// What is held is cut as far as it can be; what is left of it has the mark.
void StreamFramer::flush(Call& call, Integrity mark) {
  std::unique_ptr<Partial> held = std::move(partial_);
  if (!held) return;
  Bytes left = held->view();
  if (state_ == State::start || state_ == State::search) left = cut(call, left);
  if (left.size() > call.context.limits.record_bytes) {
    emit_cut(call, left, call.context.counters.skipped_bytes);
  } else if (!left.empty()) {
    call.observer.on_frame(left, take_damage(mark));
  }
  release(call.context, std::move(held));
}

// Completes what earlier calls began. What it returns begins at a frame's start, and nothing is held then.
Bytes StreamFramer::resume(Call& call, Bytes bytes) {
  while (!bytes.empty()) {
    switch (state_) {
      case State::start:
      case State::search:
        if (!partial_) return bytes;
        bytes = resume_window(call, bytes);
        break;
      case State::line:
        bytes = resume_line(call, bytes);
        break;
      case State::counted:
        bytes = resume_counted(call, bytes);
        break;
      case State::skip_line:
      case State::skip_counted:
        bytes = resume_skipping(call, bytes);
        break;
    }
  }
  return bytes;
}

// Adds what is wanted to what is held, and looks again. A header takes no more than its own bytes, so that its record
// stays where it lies; what is searched takes what there is.
Bytes StreamFramer::resume_window(Call& call, Bytes bytes) {
  const bool scanning = state_ == State::search || mode_ == Mode::undecided;
  const std::size_t missing = partial_->wanted - std::min(partial_->wanted, partial_->size());
  const std::size_t most = scanning ? bytes.size() : std::min(bytes.size(), std::max<std::size_t>(missing, 1));
  const std::size_t taken = hold(call.context, partial_, bytes.first(most), window_bytes(call));
  bytes = bytes.subspan(taken);
  const bool full = taken < most;
  if (!full && partial_->size() < partial_->wanted) return bytes;

  std::unique_ptr<Partial> window = std::move(partial_);
  Bytes left = cut(call, window->view());
  if (full && left.size() == window->size()) {  // no memory for more
    call.final = true;
    left = cut(call, left);
    call.final = false;
  }
  if (left.empty()) {
    release(call.context, std::move(window));
    return bytes;
  }
  window->begin = window->bytes.size() - left.size();
  window->wanted = call.wanted;
  partial_ = std::move(window);
  return bytes;
}

Bytes StreamFramer::resume_line(Call& call, Bytes bytes) {
  const std::size_t most = call.context.limits.record_bytes + kCarriageReturn;
  const std::uint8_t* const end = find_delimiter(call, bytes);
  const auto size = end == nullptr ? bytes.size() : static_cast<std::size_t>(end - bytes.data());
  const std::size_t taken = hold(call.context, partial_, bytes.first(size), most);
  std::unique_ptr<Partial> line = std::move(partial_);
  if (taken < size) {
    call.context.counters.skipped_bytes.add(size - taken);
    emit_cut(call, line->view(), call.context.counters.skipped_bytes);
    state_ = State::skip_line;
  } else if (end != nullptr) {
    emit_line(call, line->view());
    state_ = State::start;
  } else {
    partial_ = std::move(line);
    return {};
  }
  release(call.context, std::move(line));
  if (end == nullptr) return {};
  call.context.counters.overhead_bytes.add(1);
  state_ = State::start;
  return bytes.subspan(size + 1);
}

Bytes StreamFramer::resume_counted(Call& call, Bytes bytes) {
  const std::size_t size = std::min<std::size_t>(bytes.size(), left_);
  if (!partial_) {  // nothing but its header so far
    const std::uint32_t count = std::exchange(left_, 0);
    state_ = State::start;
    take_counted(call, bytes, 0, count);
    if (state_ == State::counted && !bytes.empty()) keep(call, std::exchange(bytes, {}));
    return bytes;
  }
  const std::size_t most = std::min<std::size_t>(call.context.limits.record_bytes, partial_->size() + left_);
  const std::size_t taken = hold(call.context, partial_, bytes.first(size), most);
  left_ -= static_cast<std::uint32_t>(size);
  if (taken == size && left_ > 0) return bytes.subspan(size);

  std::unique_ptr<Partial> payload = std::move(partial_);
  if (taken < size) {
    call.context.counters.skipped_bytes.add(size - taken);
    emit_counted_cut(call, payload->view());
    state_ = State::skip_counted;
    if (left_ == 0) end_counted();
  } else {
    emit_counted(call, payload->view());
    end_counted();
  }
  release(call.context, std::move(payload));
  return bytes.subspan(size);
}

Bytes StreamFramer::resume_skipping(Call& call, Bytes bytes) {
  std::size_t size = std::min<std::size_t>(bytes.size(), left_);
  if (state_ == State::skip_line) {
    const std::uint8_t* const end = find_delimiter(call, bytes);
    size = end == nullptr ? bytes.size() : static_cast<std::size_t>(end - bytes.data());
    call.context.counters.skipped_bytes.add(size);
    if (end == nullptr) return {};
    call.context.counters.overhead_bytes.add(1);
    state_ = State::start;
    return bytes.subspan(size + 1);
  }
  call.context.counters.skipped_bytes.add(size);
  left_ -= static_cast<std::uint32_t>(size);
  if (left_ == 0) end_counted();
  return bytes.subspan(size);
}

// Cuts as long as there are whole frames. Returns what has to be kept: the beginning of a frame (State::line, counted),
// or bytes that prove nothing yet (start, search). REQUIRED: nothing is held.
Bytes StreamFramer::cut(Call& call, Bytes bytes) {
  while (!bytes.empty()) {
    if (step(call, bytes) == Step::wait) break;
    if (state_ == State::line || state_ == State::counted) break;
    const bool skipping = state_ == State::skip_line || state_ == State::skip_counted;
    if (skipping && !bytes.empty()) bytes = resume_skipping(call, bytes);
  }
  return bytes;
}

StreamFramer::Step StreamFramer::step(Call& call, Bytes& bytes) {
  if (state_ == State::search) return search(call, bytes);
  switch (mode_) {
    case Mode::undecided:
      return decide(call, bytes);
    case Mode::delimited:
    case Mode::octet:
      return start_frame(call, bytes);
    case Mode::length:
      return start_length(call, bytes);
    case Mode::foreign:
      break;
  }
  call.context.counters.foreign_bytes.add(bytes.size());
  bytes = {};
  return Step::taken;
}

// REQUIRED: nothing is held, and `bytes` is what cut() left.
void StreamFramer::keep(Call& call, Bytes bytes) {
  std::size_t most = window_bytes(call);
  if (state_ == State::line) most = call.context.limits.record_bytes + kCarriageReturn;
  if (state_ == State::counted) most = std::min<std::size_t>(call.context.limits.record_bytes, bytes.size() + left_);
  const std::size_t taken = hold(call.context, partial_, bytes, most);
  if (taken == bytes.size()) {
    partial_->wanted = call.wanted;
    return;
  }
  release(call.context, std::move(partial_));  // no memory for it
  if (state_ == State::start || state_ == State::search) {
    call.final = true;
    bytes = cut(call, bytes);
    call.final = false;
    if (bytes.empty()) return;
  }
  const std::size_t kept = std::min(taken, bytes.size());
  call.context.counters.skipped_bytes.add(bytes.size() - kept);
  emit_cut(call, bytes.first(kept), call.context.counters.skipped_bytes);
  state_ = state_ == State::line ? State::skip_line : State::skip_counted;
}

StreamFramer::Step StreamFramer::wait(Call& call, std::size_t wanted) const {
  call.wanted = wanted;
  return Step::wait;
}

std::size_t StreamFramer::window_bytes(const Call& call) const {
  return 2 * std::min<std::size_t>(call.context.limits.record_bytes, kMaxRecord) + kWindowSlack;
}

}  // namespace logsniffd::framing
