#include "daemon/framing/length_framer.hpp"

namespace logsniffd::framing {

LengthFramer::LengthFramer(LengthFormat format, bool search)
    : searching_(search), two_bytes_(format.bytes == 2), little_endian_(format.order == std::endian::little) {}

void LengthFramer::gap(FramerCall&) {
  searching_ = true;
  skipping_ = false;
  position_ = 0;
}

// The length of the record is known, and the record did not fit.
void LengthFramer::give_up(FramerCall& call, Bytes held) {
  const std::size_t header = format().bytes;
  if (searching_ || held.size() < header) return pass_over(call, held);
  take(call, held, length_at(held, format()));
}

Bytes LengthFramer::cut(FramerCall& call, Bytes bytes) {
  while (!bytes.empty()) {
    if (skipping_) {
      const std::size_t size = std::min<std::size_t>(bytes.size(), position_);
      call.context.counters.skipped_bytes.add(size);
      bytes = bytes.subspan(size);
      position_ -= static_cast<std::uint32_t>(size);
      skipping_ = position_ > 0;
    } else if ((searching_ ? search(call, bytes) : start(call, bytes)) == Step::wait) {
      break;
    }
  }
  return bytes;
}

Step LengthFramer::start(FramerCall& call, Bytes& bytes) {
  const std::size_t header = format().bytes;
  if (bytes.size() < header) {
    if (!call.final) return call.wait(header);
    call.context.counters.skipped_bytes.add(bytes.size());
    bytes = {};
    return Step::taken;
  }
  const std::uint32_t length = length_at(bytes, format());
  bool plausible = is_plausible_length(length);
  if (plausible && length > call.record_bytes() && payload_ != Payload::unknown) {
    const Payload payload = payload_at(bytes.subspan(header), length);
    if (payload == Payload::unknown && !call.final) return call.wait(bytes.size() + 1);
    plausible = payload == payload_;
  }
  if (!plausible) {
    call.context.counters.false_lengths.add();
    if (call.damage == Integrity::whole) call.damage = Integrity::joined_late;
    searching_ = true;
    position_ = 0;
    return Step::taken;
  }
  const std::size_t there = bytes.size() - header;
  if (there < length && there <= call.record_bytes() && !call.final) {
    return call.wait(header + std::min<std::size_t>(length, call.record_bytes() + 1));
  }
  if (there < length && there <= call.record_bytes()) {
    call.overhead(header);
    learn(call, bytes.subspan(header));
    emit_rest(call, bytes.subspan(header));
    bytes = {};
    return Step::taken;
  }
  take(call, bytes, length);
  return Step::taken;
}

// REQUIRED: `bytes` begins with the length. Takes the record, or the available part of one that is too long.
void LengthFramer::take(FramerCall& call, Bytes& bytes, std::uint32_t length) {
  const std::size_t header = format().bytes;
  call.overhead(header);
  bytes = bytes.subspan(header);
  if (bytes.size() >= length) [[likely]] {
    learn(call, bytes.first(length));
    emit(call, bytes.first(length));
    bytes = bytes.subspan(length);
    return;
  }
  position_ = length - static_cast<std::uint32_t>(bytes.size());
  skipping_ = true;
  learn(call, bytes);
  emit_cut(call, bytes, call.context.counters.skipped_bytes);
  bytes = {};
}

// Learns what the stream's first payload looks like, to find the others again.
void LengthFramer::learn(const FramerCall& call, Bytes payload) {
  if (payload_ != Payload::unknown) return;
  payload = payload.first(std::min<std::size_t>(payload.size(), call.record_bytes()));
  payload_ = payload_at(payload, static_cast<std::uint32_t>(payload.size()));
}

Step LengthFramer::search(FramerCall& call, Bytes& bytes) {
  const SearchArea area{call.window_bytes(), call.final};
  const Boundary boundary = find_length_boundary(bytes, position_, area, format(), payload_);
  if (boundary.kind == Boundary::Kind::wait) return call.wait(boundary.wanted);
  position_ = 0;
  if (boundary.kind != Boundary::Kind::exhausted) {
    call.context.counters.resyncs.add();
    searching_ = false;
    pass_over(call, bytes.first(boundary.at));
    bytes = bytes.subspan(boundary.at);
    return Step::taken;
  }
  const Bytes window = bytes.first(std::min(bytes.size(), call.window_bytes()));
  const Integrity damage = call.damage == Integrity::whole ? Integrity::joined_late : call.damage;
  pass_over(call, window);
  bytes = bytes.subspan(window.size());
  call.damage = damage;
  return Step::taken;
}

}  // namespace logsniffd::framing
