// Writes the records or events of a tap to the program that watches, as lines of the control protocol (docs/control.md).
//
//   {"text": "..."}                                                    a record, in the format that was asked for
//   {"text": "...", "reason": "match", "by": "app", "place": "F:12"}   a record that was dropped
//   {"text": "...", "payload": "base64", "more": 904}                  with its bytes, of which 904 are left out
//   {"missed": "..."}                                                  copies that were lost, because this is too slow
//
// If a text is not UTF-8, which only the format `raw` allows, the line has its base64 as "base64" instead.
//
// THREAD  that of its SinkWorker, except set_places().
// BLOCK   a program that does not read holds up only this thread; the queue before it loses its records meanwhile.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

#include "config/model.hpp"
#include "daemon/app/loss_taps.hpp"
#include "daemon/app/tap_event_format.hpp"
#include "daemon/format/record_format.hpp"
#include "daemon/pattern/expression_set.hpp"
#include "daemon/sink/output.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::app {

// "FILE:LINE" of what drops records, by filter or sink and fate; empty: nothing of that name drops for that reason.
using TapPlaces = std::map<std::string, std::array<std::string, kTapFates>, std::less<>>;
[[nodiscard]] TapPlaces tap_places(const config::Config& config, const std::string& config_path);

// What is shown of a record or an event.
struct TapShow {
  using Format = std::variant<format::RecordFormat, TapEventFormat>;

  Format format;                 // of what the tap copies
  pattern::ExpressionSet match;  // only those in whose bytes it is found; empty: all
  bool payload = false;          // with the bytes
};

class TapSink final : public sink::Sink {
 public:
  TapSink(UniqueFd connection, TapShow show, std::shared_ptr<const TapPlaces> places);

  // Of a new configuration. Any thread.
  void set_places(std::shared_ptr<const TapPlaces> places);

  [[nodiscard]] Status open() override { return {}; }
  void write(const record::RecordBatch& batch, unsigned index, sink::Interrupt& interrupt) override;
  [[nodiscard]] bool write_notice(std::string_view text, PacketTime when, sink::Interrupt& interrupt) override;
  [[nodiscard]] Duration maintain(sink::Interrupt& interrupt) override;
  void finish(sink::Interrupt& interrupt) override;

  // What this tap missed of what sinks drop is told when everything before was sent: `take` returns it once. Any thread.
  void set_missed(std::function<queue::Loss()> take);
  // In its place, when nothing more is missed. Any thread.
  void set_last_missed(const queue::Loss& missed);

 private:
  void append(const record::RecordBatch& batch, std::size_t i);
  void append_reason(const record::RecordBatch& batch, std::size_t i, nlohmann::ordered_json& line);
  void send(sink::Interrupt& interrupt);

  sink::Output output_;
  TapShow show_;
  std::mutex mutex_;                         // guards places_, take_missed_ and last_missed_
  std::shared_ptr<const TapPlaces> places_;  // shared with the main thread, which replaces it
  std::function<queue::Loss()> take_missed_;
  queue::Loss last_missed_;
  std::string out_;   // lines that are not sent yet
  std::string text_;  // reused, as are these
  std::vector<record::Field> fields_;
  bool gone_ = false;  // nobody reads any more
};

}  // namespace logsniffd::app
