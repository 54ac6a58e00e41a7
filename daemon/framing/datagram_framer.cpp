#include "daemon/framing/datagram_framer.hpp"

namespace logsniffd::framing {

bool frame_datagram(FramingContext& context, Bytes payload, bool cut_short, FrameObserver& observer) {
  while (!payload.empty() && (payload.back() == '\0' || payload.back() == '\n' || payload.back() == '\r')) {
    payload = payload.first(payload.size() - 1);
  }
  if (payload.empty()) return false;
  if (payload.size() > context.limits.record_bytes) {
    const std::size_t kept = utf8_prefix(payload, static_cast<std::size_t>(context.limits.record_bytes));
    context.counters.truncated.add();
    context.counters.skipped_bytes.add(payload.size() - kept);
    payload = payload.first(kept);
    cut_short = true;
  }
  observer.on_frame(payload, cut_short ? Integrity::truncated : Integrity::whole);
  return true;
}

}  // namespace logsniffd::framing
