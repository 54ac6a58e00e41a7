// The taps of RecordPath: which of them learns what.
#include "daemon/record_path/record_path.hpp"

namespace logsniffd::record_path {

void RecordPath::add_tap(Tap& tap) {
  tap.configure(*plan_->names, writer_.outlets());
  taps_at(tap.point()).push_back(&tap);
  tapped_ = true;
  short_way_.audience = 0;
  watch_losses();
}

void RecordPath::remove_tap(Tap& tap) {
  std::erase(taps_at(tap.point()), &tap);
  tapped_ = std::ranges::any_of(taps_at_, [](const auto& taps) { return !taps.empty(); });
  watch_losses();
}

void RecordPath::watch_losses() {
  if (taps_at(TapPoint::record).empty()) return writer_.on_loss({});
  writer_.on_loss([this](const record::RecordBatch& batch, unsigned sink) {
    for (Tap* tap : taps_at(TapPoint::record)) tap->lost(batch, sink, now_);
  });
}

void RecordPath::on_verdict(const packet_path::SeenPacket& seen) {
  record::LogRecord origin;
  origin.captured_at = seen.packet.captured_at;
  origin.interface = seen.packet.interface;
  filter::FilterMask audience = 0;
  if (seen.flow != nullptr) {
    origin.flow = *seen.flow;
    audience = plan_->filters.candidates(*seen.flow);
  }
  for (Tap* tap : taps_at(TapPoint::packet)) tap->packet(origin, audience, seen, now_);
}

void RecordPath::show(const Flow& flow, InterfaceNames::Number interface, filter::FilterMask audience,
                      std::uint32_t stream, const TapEvent& event, Bytes payload) {
  record::LogRecord origin;
  origin.captured_at = clock_.original(now_);
  origin.flow = flow;
  origin.interface = interfaces_.name_of(interface);
  for (Tap* tap : taps_at(TapPoint::stream)) tap->stream(origin, audience, stream, event, payload, now_);
}

}  // namespace logsniffd::record_path
