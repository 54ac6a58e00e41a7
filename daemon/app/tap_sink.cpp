#include "daemon/app/tap_sink.hpp"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "daemon/sink/loss_notice.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::app {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);  // then it looks whether it should stop
constexpr std::size_t kSendFrom = 64 * 1024;
constexpr std::string_view kTooSlow = "queue full";  // as a SinkWorker says of its own queues

// The key of the filter that drops such records.
constexpr auto kReasons = [] {
  std::array<std::string_view, record_path::kQueueFull> reasons{};
  reasons[static_cast<std::size_t>(filter::RouteVerdict::not_text)] = "not text";
  for (const auto& [key, verdict] : filter::kRefusingKeys) reasons[static_cast<std::size_t>(verdict)] = key;
  return reasons;
}();

// Why a filter or a sink dropped it.
std::string reason_of(record_path::TapFate fate) {
  if (fate < record_path::kQueueFull) return std::string(kReasons[fate]);
  return sink::in_words(static_cast<sink::DropReason>(fate - record_path::kQueueFull));
}

}  // namespace

TapPlaces tap_places(const config::Config& config, const std::string& config_path) {
  TapPlaces places;
  for (const config::Filter& filter : config.filters) {
    auto& of_filter = places[filter.name];
    for (const auto& [key, verdict] : filter::kRefusingKeys) {
      of_filter[static_cast<std::size_t>(verdict)] = filter.mark_of(verdict).place(config_path);
    }
  }
  for (const config::Sink& sink : config.sinks) {
    auto& of_sink = places[sink.name];
    std::fill(of_sink.begin() + record_path::kQueueFull, of_sink.end(), sink.mark.place(config_path));
  }
  return places;
}

TapSink::TapSink(UniqueFd connection, TapShow show, std::shared_ptr<const TapPlaces> places)
    : output_(std::move(connection)), show_(std::move(show)), places_(std::move(places)) {}

void TapSink::set_places(std::shared_ptr<const TapPlaces> places) {
  const std::lock_guard lock(mutex_);
  places_ = std::move(places);
}

void TapSink::write(const record::RecordBatch& batch, unsigned, sink::Interrupt& interrupt) {
  for (std::size_t i = 0; i < batch.size() && !gone_; ++i) {
    append(batch, i);
    if (out_.size() >= kSendFrom) send(interrupt);
  }
  send(interrupt);
}

bool TapSink::write_notice(std::string_view text, PacketTime, sink::Interrupt& interrupt) {
  out_ += nlohmann::ordered_json{{"missed", text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out_ += '\n';
  send(interrupt);
  return !gone_;
}

Duration TapSink::maintain(sink::Interrupt& interrupt) {
  queue::Loss missed;
  {
    const std::lock_guard lock(mutex_);
    missed = take_missed_ ? take_missed_() : std::exchange(last_missed_, {});
  }
  if (missed.records > 0) (void)write_notice(sink::loss_notice(missed, kTooSlow, {}), missed.last, interrupt);
  return sink::Sink::maintain(interrupt);
}

void TapSink::finish(sink::Interrupt& interrupt) { (void)maintain(interrupt); }

void TapSink::set_missed(std::function<queue::Loss()> take) {
  const std::lock_guard lock(mutex_);
  take_missed_ = std::move(take);
}

void TapSink::set_last_missed(const queue::Loss& missed) {
  const std::lock_guard lock(mutex_);
  take_missed_ = {};
  last_missed_ = missed;
}

void TapSink::append(const record::RecordBatch& batch, std::size_t i) {
  std::string_view bytes = batch.message(i);
  std::uint64_t length = bytes.size();
  std::optional<record_path::TapEvent> event;
  if (std::holds_alternative<TapEventFormat>(show_.format)) {
    const record_path::EventMessage message = record_path::read_event(bytes);
    event = message.event;
    bytes = message.shown;
    length = message.event.bytes;
  }
  if (!show_.match.empty() && !show_.match.matches(bytes)) return;

  text_.clear();
  const record::LogRecord record = batch.record(i, fields_);
  if (event) {
    std::get<TapEventFormat>(show_.format).append(record, *event, text_);
  } else {
    std::get<format::RecordFormat>(show_.format).append(record, batch.filter_name(i), text_);
  }
  nlohmann::ordered_json line;
  if (text::is_utf8(text_)) {
    line["text"] = text_;
  } else {
    line["base64"] = absl::Base64Escape(text_);
  }
  bytes = bytes.substr(0, record_path::TapEvent::kShownBytes);
  if (show_.payload && !bytes.empty()) {
    line["payload"] = absl::Base64Escape({bytes.data(), bytes.size()});
    if (length > bytes.size()) line["more"] = length - bytes.size();
  }
  if (!event) append_reason(batch, i, line);
  out_ += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out_ += '\n';
}

// Why the record was dropped, if it was.
void TapSink::append_reason(const record::RecordBatch& batch, std::size_t i, nlohmann::ordered_json& line) {
  const auto fate = static_cast<std::size_t>(std::countr_zero(batch.header(i).sinks));
  if (fate == record_path::kRouted) return;
  const std::string_view by = fate < record_path::kQueueFull ? batch.filter_name(i) : batch.filter_names().back();
  line["reason"] = reason_of(fate);
  line["by"] = by;
  const std::lock_guard lock(mutex_);
  const auto places = places_->find(by);
  if (places != places_->end() && !places->second[fate].empty()) line["place"] = places->second[fate];
}

void TapSink::send(sink::Interrupt& interrupt) {
  while (!out_.empty() && !gone_) {
    const std::string_view piece = out_;
    const sink::WriteResult result = output_.write({&piece, 1}, interrupt, kPatience);
    out_.erase(0, result.bytes);
    gone_ = result.outcome == sink::WriteOutcome::failed || result.outcome == sink::WriteOutcome::interrupted;
  }
}

}  // namespace logsniffd::app
