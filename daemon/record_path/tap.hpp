// Copies of records for somebody who watches them live, beside their way to the sinks, which they never slow or change.
//
// A tap has a batch and a queue of its own. A watcher that is too slow loses its own copies: its queue counts them, and
// its worker says how many were lost.
//
// THREAD  confined to the capture worker, except construction.
// COST    nothing for records that no tap wants; nothing at all without a tap.
// BOUNDS  one open batch, and the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/filter/filter_table.hpp"
#include "daemon/record/record_batch.hpp"
#include "daemon/record_path/batch_writer.hpp"

namespace logsniffd::record_path {

// What became of a record: a RouteVerdict, or lost by the queue of a sink. In a tap's batch it is the only bit of RecordHeader::sinks, and RecordBatch::filter_name()
// is the name of the filter or, for `queue_full`, that of the sink.
enum class TapFate : std::uint8_t { routed, not_text, severity, where, no_match, excluded, queue_full };
inline constexpr std::size_t kTapFates = static_cast<std::size_t>(TapFate::queue_full) + 1;

struct TapOptions {
  std::vector<std::string> filters;  // by name; empty: all
  bool dropped = false;              // what is dropped, instead of what is routed
  Duration linger{};                 // how long a record may wait in the open batch
};

class Tap {
 public:
  // `queue` must outlive it.
  Tap(TapOptions options, BatchQueue& queue) : options_(std::move(options)), queue_(queue) {}

  // Another plan is in force. Names that it does not have are ignored; a filter that gets such a name later is watched.
  void configure(const record::FilterNames& filters, const std::vector<Outlet>& outlets);

  void routed(const record::LogRecord& record, const std::vector<filter::Route>& routes, PacketTime now);
  void refused(const record::LogRecord& record, const filter::Refusal& refusal, PacketTime now);
  // The records of `batch` for this sink did not fit into its queue.
  void lost(const record::RecordBatch& batch, unsigned sink, PacketTime now);

  void publish_if_old(PacketTime now) {
    if (!batch_.empty() && now - opened_at_ >= options_.linger) publish();
  }
  void publish();

 private:
  void append(const record::LogRecord& record, std::size_t name, TapFate fate, PacketTime now);

  TapOptions options_;
  BatchQueue& queue_;
  filter::FilterMask filters_ = 0;
  std::size_t filter_count_ = 0;
  // The filters, then the sinks by their bits. Shared with the batches.
  std::shared_ptr<const record::FilterNames> names_;
  record::RecordBatch batch_;
  PacketTime opened_at_{};
  std::vector<record::Field> fields_;  // reused
};

}  // namespace logsniffd::record_path
