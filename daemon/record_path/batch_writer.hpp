// Collects routed records into batches and hands them to the sinks' queues.
//
// A batch is published when it is full, when its oldest record is older than the linger time, and when the source has
// nothing more to read now (publish()). Live: a full queue drops the batch for that sink only. Replay: waits for room.
//
// FAIRNESS  Live, the last quarter of a queue's room is kept for sources that send little: while at least three
//           quarters are used, records of sources that crowd out others (HeavySources) are dropped for that sink. A
//           single source may fill the queue. Sources are counted while a queue is at least half full; before that the
//           cost is one comparison per record.
// THREAD    confined to the capture worker that owns it.
// BOUNDS    one open batch; published batches are bounded by the queues.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/counter.hpp"
#include "daemon/base/heavy_sources.hpp"
#include "daemon/filter/filter_table.hpp"
#include "daemon/queue/hand_over.hpp"
#include "daemon/queue/pool.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::record_path {

using BatchQueue = queue::HandOver<record::RecordBatch>;

// The queue for the records of one sink. It must outlive the writer.
struct Outlet {
  unsigned sink;  // the bit in record::SinkMask
  BatchQueue* queue;
  std::string name = {};  // the sink's, for those who watch
};

// What `records` records of the batch cost the budget of a queue. REQUIRED: the batch is not empty.
[[nodiscard]] queue::Weight weigh(const record::RecordBatch& batch, std::uint64_t records);

enum class Overload { drop, wait };

class BatchWriter {
 public:
  // `abandon` ends a wait for room (a second SIGTERM); it must outlive the writer.
  BatchWriter(Overload overload, Duration linger, const std::atomic<bool>& abandon);

  // Takes effect with the next batch. REQUIRED: no open batch (publish() first).
  void configure(std::shared_ptr<const record::FilterNames> names, std::vector<Outlet> outlets);

  [[nodiscard]] const std::vector<Outlet>& outlets() const { return outlets_; }

  // Called for each batch that a sink loses because its queue is full; empty: nobody wants to know. Live only.
  using LossListener = std::function<void(const record::RecordBatch& batch, unsigned sink)>;
  void on_loss(LossListener listener) { on_loss_ = std::move(listener); }

  // Times here are steady (PacketClock).
  void append(const record::LogRecord& record, const std::vector<filter::Route>& routes, PacketTime now);
  // The lines of `run`, each followed by LF, and their sizes without it. REQUIRED: takes_lines().
  void append(const record::BareOrigin& origin, std::string_view run, std::span<const std::uint32_t> sizes,
              filter::Route route, PacketTime now) {
    if (open_->empty()) opened_at_ = now;
    open_->append(origin, run, sizes, route.filter, route.sinks);
    if (open_->full()) [[unlikely]]
      publish();
  }
  // False while each record's sender must be looked at.
  [[nodiscard]] bool takes_lines() const { return pressed_ == 0; }
  // Publishes the open batch if it was begun at least `linger` ago.
  void publish_if_old(PacketTime now) {
    if (!open_->empty() && now - opened_at_ >= linger_) publish();
  }
  void publish();

 private:
  // The state of one outlet while its queue is at least half full.
  struct Pressure {
    HeavySources sources;
    queue::Weight refused;  // from the open batch, and not reported to the queue yet
  };

  void begin();
  void look_at_queues();
  void append_fairly(const record::LogRecord& record, const std::vector<filter::Route>& routes);
  void append_to(const record::LogRecord& record, const std::vector<filter::Route>& routes);
  [[nodiscard]] record::SinkMask refusing(const record::LogRecord& record, const std::vector<filter::Route>& routes);
  void hand_over(const std::shared_ptr<const record::RecordBatch>& batch);
  void tell_refused();

  Overload overload_;
  Duration linger_;
  const std::atomic<bool>& abandon_;
  std::shared_ptr<const record::FilterNames> names_;
  std::vector<Outlet> outlets_;
  std::vector<Pressure> pressures_;   // by outlet
  record::SinkMask pressed_ = 0;      // sinks whose queues are at least half full
  record::SinkMask nearly_full_ = 0;  // sinks whose queues are at least three quarters full
  std::vector<filter::Route> fair_;   // reused
  std::uint64_t kept_back_ = 0;
  LossListener on_loss_;
  queue::Pool<record::RecordBatch> pool_;
  std::unique_ptr<record::RecordBatch> open_;
  PacketTime opened_at_{};  // when its first record was added
};

}  // namespace logsniffd::record_path
