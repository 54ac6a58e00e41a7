#include "daemon/framing/framer_call.hpp"

#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {

void emit_cut(FramerCall& call, Bytes frame, Counter& skipped) {
  const std::size_t kept = utf8_prefix(frame, call.record_bytes());
  call.context.counters.truncated.add();
  skipped.add(frame.size() - kept);
  call.observer.on_frame(frame.first(kept), take_damage(call, Integrity::truncated));
}

void emit_held(FramerCall& call, Bytes frame) {
  const bool earlier = call.fresh != nullptr && frame.data() + frame.size() <= call.fresh;
  if (!earlier || frame.size() > call.record_bytes()) return emit(call, frame);
  call.observer.on_held_frame(frame, take_damage(call, Integrity::whole));
}

void emit_rest(FramerCall& call, Bytes rest) {
  if (rest.empty()) return;
  if (rest.size() > call.record_bytes()) return emit_cut(call, rest, call.context.counters.skipped_bytes);
  call.observer.on_frame(rest, take_damage(call, call.ended ? Integrity::unfinished : Integrity::gap));
}

void emit_passed(FramerCall& call, Bytes passed) {
  if (passed.empty()) return;
  if (call.damage == Integrity::whole) call.damage = Integrity::joined_late;
  const std::size_t kept =
      passed.size() > call.record_bytes() ? utf8_prefix(passed, call.record_bytes()) : passed.size();
  call.context.counters.resync_skipped_bytes.add(passed.size() - kept);
  call.observer.on_frame(passed.first(kept), take_damage(call, Integrity::truncated));
}

void pass_over(FramerCall& call, Bytes passed) {
  if (passed.empty()) return;
  if (may_be_text(passed)) return emit_passed(call, passed);
  call.context.counters.resync_skipped_bytes.add(passed.size());
  call.damage = Integrity::whole;
}

}  // namespace logsniffd::framing
