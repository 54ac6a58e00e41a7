#include "daemon/record_path/tap.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::record_path {

void Tap::configure(const record::FilterNames& filters, const std::vector<Outlet>& outlets) {
  publish();
  filters_ = 0;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const auto& wanted = options_.filters;
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), filters[i]) != wanted.end()) {
      filters_ |= filter::FilterMask{1} << i;
    }
  }
  filter_count_ = filters.size();
  auto names = std::make_shared<record::FilterNames>(filters);
  names->emplace_back();
  names_ = std::move(names);
  for (const Outlet& outlet : outlets) sink_names_[outlet.sink] = outlet.name;
  batch_.begin(names_);
}

void Tap::routed(const record::LogRecord& record, const std::vector<filter::Route>& routes, PacketTime now) {
  if (options_.dropped) return;
  for (const filter::Route& route : routes) {
    if ((filters_ >> route.filter & 1) != 0) append(record, route.filter, kRouted, now);
  }
}

void Tap::refused(const record::LogRecord& record, const filter::Refusal& refusal, PacketTime now) {
  if (!options_.dropped) return;
  const auto& [filter, verdict] = refusal;
  if ((filters_ >> filter & 1) != 0) append(record, filter, static_cast<TapFate>(verdict), now);
}

void Tap::lost(const record::RecordBatch& batch, unsigned sink, PacketTime now) {
  if (!options_.dropped) return;
  publish();
  auto names = std::make_shared<record::FilterNames>(*names_);
  names->back() = sink_names_[sink];
  const std::shared_ptr<const record::FilterNames> usual = std::exchange(names_, std::move(names));
  batch_.begin(names_);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const record::RecordHeader& header = batch.header(i);
    const bool watched = header.filter < filter_count_ && (filters_ >> header.filter & 1) != 0;
    if (watched && (header.sinks >> sink & 1) != 0) {
      append(batch.record(i, fields_), header.filter, kQueueFull, now);
    }
  }
  publish();
  names_ = usual;
  batch_.begin(names_);
}

void Tap::packet(const record::LogRecord& origin, filter::FilterMask audience, const packet_path::SeenPacket& seen,
                 PacketTime now) {
  if (options_.dropped && std::holds_alternative<packet_path::Decoded>(seen.verdict)) return;
  const bool unwanted_too = options_.dropped && options_.filters.empty();
  if (!unwanted_too && (audience & filters_) == 0) return;
  const packet_path::VerdictWords words = packet_path::in_words(seen.verdict);
  append(origin,
         {.kind = TapEvent::Kind::packet,
          .verdict = words.verdict,
          .reason = words.reason,
          .bytes = seen.payload.size() + seen.missing_bytes},
         seen.payload, now);
}

void Tap::stream(const record::LogRecord& origin, filter::FilterMask audience, std::uint32_t stream, TapEvent event,
                 Bytes payload, PacketTime now) {
  const bool wanted = (audience & filters_) != 0;
  switch (event.kind) {
    case TapEvent::Kind::bytes:
    case TapEvent::Kind::gap:
      if (wanted) event.offset = std::exchange(offsets_[stream], offsets_[stream] + event.bytes);
      break;
    case TapEvent::Kind::end:
      event.offset = offsets_[stream];
      offsets_.erase(stream);
      break;
    case TapEvent::Kind::opened:
    case TapEvent::Kind::packet:
    case TapEvent::Kind::datagram:
      break;
  }
  if (wanted) append(origin, event, payload, now);
}

void Tap::append(record::LogRecord origin, const TapEvent& event, Bytes payload, PacketTime now) {
  write_event(event, payload, message_);
  origin.message = message_;
  append(origin, filter_count_, kRouted, now);
}

void Tap::append(const record::LogRecord& record, std::size_t name, TapFate fate, PacketTime now) {
  if (batch_.empty()) opened_at_ = now;
  batch_.append(record, static_cast<std::uint16_t>(name), record::SinkMask{1} << fate);
  if (batch_.full()) publish();
}

void Tap::publish() {
  if (batch_.empty()) return;
  queue_.offer(batch_.compact_copy(), weigh(batch_, batch_.size()));
  batch_.begin(names_);
}

}  // namespace logsniffd::record_path
