// Copies of records, packets or streams for somebody who watches them live. The way of the records to the sinks is
// never slowed or changed.
//
// A tap has a batch and a queue of its own. A watcher that is too slow loses its own copies: its queue counts them, and
// its worker says how many were lost.
//
// THREAD  confined to the capture worker, except construction.
// COST    nothing for what no tap wants; without a tap, a comparison for each packet and for each piece of a stream.
// BOUNDS  one open batch, the queue, and a number for each open stream that it saw.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/filter/filter_table.hpp"
#include "daemon/packet_path/traffic_observer.hpp"
#include "daemon/record/record_batch.hpp"
#include "daemon/record_path/batch_writer.hpp"
#include "daemon/record_path/tap_event.hpp"

namespace logsniffd::record_path {

// What became of a record: the number of its RouteVerdict, or kQueueFull if the queue of a sink lost it. The fates after
// kQueueFull belong to sinks. In a tap's batch the fate is the only bit of RecordHeader::sinks. From kQueueFull on, all
// records of a batch are of one sink, whose name is the last of RecordBatch::filter_names().
using TapFate = std::size_t;
inline constexpr TapFate kRouted = static_cast<std::size_t>(filter::RouteVerdict::routed);
inline constexpr TapFate kQueueFull = filter::kRouteVerdicts;

struct TapOptions {
  std::vector<std::string> filters;  // by name; empty: all
  bool dropped = false;              // what is dropped, instead of what is routed; not of streams
  TapPoint at = TapPoint::record;
  Duration linger{};  // how long a record may wait in the open batch
};

class Tap {
 public:
  // `queue` must outlive it.
  Tap(TapOptions options, BatchQueue& queue) : options_(std::move(options)), queue_(queue) {}

  [[nodiscard]] const TapOptions& options() const { return options_; }  // any thread: they never change

  // Another plan is in force. Names that it does not have are ignored; a filter that gets such a name later is watched.
  void configure(const record::FilterNames& filters, const std::vector<Outlet>& outlets);

  [[nodiscard]] TapPoint point() const { return options_.at; }

  // REQUIRED for these three: TapPoint::record.
  void routed(const record::LogRecord& record, const std::vector<filter::Route>& routes, PacketTime now);
  void refused(const record::LogRecord& record, const filter::Refusal& refusal, PacketTime now);
  // The records of `batch` for this sink did not fit into its queue.
  void lost(const record::RecordBatch& batch, unsigned sink, PacketTime now);
  // `origin`: time, flow and interface. `audience`: the filters that want the flow. REQUIRED: the TapPoint of the name.
  void packet(const record::LogRecord& origin, filter::FilterMask audience, const packet_path::SeenPacket& seen,
              PacketTime now);
  // `stream`: StreamId::index(), or what no stream has. The tap finds the offset itself.
  void stream(const record::LogRecord& origin, filter::FilterMask audience, std::uint32_t stream, TapEvent event,
              Bytes payload, PacketTime now);

  void publish_if_old(PacketTime now) {
    if (!batch_.empty() && now - opened_at_ >= options_.linger) publish();
  }
  void publish();

 private:
  void append(const record::LogRecord& record, std::size_t name, TapFate fate, PacketTime now);
  void append(record::LogRecord origin, const TapEvent& event, Bytes payload, PacketTime now);

  TapOptions options_;
  BatchQueue& queue_;
  filter::FilterMask filters_ = 0;
  std::size_t filter_count_ = 0;
  // The filters, and one name more: the sink that lost the records of the open batch, or none. Shared with the batches.
  std::shared_ptr<const record::FilterNames> names_;
  std::array<std::string, record::kMaxSinks> sink_names_;  // by their bits
  record::RecordBatch batch_;
  PacketTime opened_at_{};
  absl::flat_hash_map<std::uint32_t, std::uint64_t> offsets_;  // of the next byte; of the open streams that it saw
  std::vector<record::Field> fields_;                          // reused, as is this
  std::string message_;
};

}  // namespace logsniffd::record_path
