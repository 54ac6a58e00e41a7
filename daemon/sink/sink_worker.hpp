// Runs one sink on its own thread: takes batches from the queues of the capture workers and writes them.
//
// THREAD    construction, open(), start() and stop() run on the main thread; figures(), health(), latencies(),
//           last_write() and the bytes of the queues on any; queue(i) is given to capture worker i.
// LOSS      what a full queue or the sink dropped is reported in the sink's own output, before the next batch that
//           gets through.
// SHUTDOWN  close the queues first (HandOver::close); the worker ends when it has written what they held. stop() waits
//           for that; when the deadline passes, it interrupts the sink, which counts the rest as dropped (shutdown), or
//           keeps it on disk for the next start.
// BOUNDS    queue_bytes for each queue.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/base/heartbeat.hpp"
#include "daemon/queue/hand_over.hpp"
#include "daemon/sink/delivery_watch.hpp"
#include "daemon/sink/error_reports.hpp"
#include "daemon/sink/sink.hpp"
#include "daemon/sink/unreported_losses.hpp"

namespace logsniffd::sink {

using BatchQueue = queue::HandOver<record::RecordBatch>;

// INVARIANT  routed + recovered = written + sum(dropped) + queued + spooled, at every instant. `queued` includes the
//            batch that is being written.
struct SinkFigures : SinkTally<std::uint64_t> {
  std::uint64_t routed = 0;
  std::uint64_t queued = 0;
  std::uint64_t queue_share = 0;  // part of dropped: kept out of a queue that others needed

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("routed"), self.routed);
    visit(part("queued").gauge(), self.queued);
    visit("queue_share", self.queue_share);
    SinkTally::for_each(self, visit);
  }

  [[nodiscard]] std::uint64_t dropped_sum() const;
  SinkFigures& operator+=(const SinkFigures& other);
};
static_assert(names_every_counter<SinkFigures>());

struct SinkWorkerOptions {
  std::string name;
  unsigned index = 0;  // the bit in record::SinkSet
  std::uint64_t queue_bytes = 0;
  std::size_t capture_workers = 1;
  LossObserver* losses = nullptr;                                   // sees what the sink drops; must outlive the worker
  bool replay = false;                                              // of a capture file: no latencies are measured
  DeliveryWatch::WallClock wall = &std::chrono::system_clock::now;  // a seam for tests
  std::function<void()> on_finished = [] {};  // on the worker's thread, once wait_finished() would return true
};

class SinkWorker {
 public:
  // Called on the worker's thread, at most once per ErrorReports::kInterval, and once at the end.
  using ErrorListener = std::function<void(const std::string& sink, const std::string& error)>;

  static Expected<std::unique_ptr<SinkWorker>> create(SinkWorkerOptions options, std::unique_ptr<Sink> sink,
                                                      ErrorListener listener);
  ~SinkWorker();  // REQUIRED if start() was called: stop() was called too

  [[nodiscard]] Status open();
  void start();
  void request_reopen();
  // Waits until the worker has ended; returns false if it has not by then. REQUIRED, also for stop(): every queue
  // is closed.
  [[nodiscard]] bool wait_finished(Duration at_most);
  // See Heartbeat. REQUIRED: one thread asks.
  [[nodiscard]] bool hangs() { return heartbeat_.hangs(); }
  // Does what stop() does when its deadline passes; returns immediately.
  void interrupt() { interrupt_.raise(); }
  // Returns true if everything that was queued could be written before the deadline.
  bool stop(Duration deadline);

  [[nodiscard]] BatchQueue& queue(std::size_t capture_worker) { return *queues_[capture_worker]; }
  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] unsigned index() const { return options_.index; }
  [[nodiscard]] SinkFigures figures() const;
  [[nodiscard]] SinkHealth health() const { return watch_.health(); }
  [[nodiscard]] std::optional<PacketTime> last_write() const { return watch_.last_write(); }  // wall clock
  [[nodiscard]] LatencySummary latency() const { return watch_.latencies().summary(); }
  [[nodiscard]] const LatencyHistogram& latencies() const { return watch_.latencies(); }
  // What all queues hold, and what they may hold.
  [[nodiscard]] std::uint64_t queued_bytes() const;
  [[nodiscard]] std::uint64_t queue_bytes() const;

 private:
  // What became of the records that were taken; published when the sink's sums hold.
  struct Progress {
    Counter taken;
    SinkCounters sink;
  };

  SinkWorker(SinkWorkerOptions options, std::unique_ptr<Sink> sink, ErrorListener listener, Interrupt interrupt);

  void run();
  bool take_round();
  void deliver(const BatchQueue::Item& item);
  void settle();
  void report(const std::optional<std::string>& error);
  [[nodiscard]] bool drained() const;
  [[nodiscard]] bool nothing_to_do() const;

  SinkWorkerOptions options_;
  DeliveryWatch watch_;
  std::unique_ptr<Sink> sink_;
  ErrorListener listener_;
  Interrupt interrupt_;
  queue::Wakeup wakeup_;
  std::vector<std::unique_ptr<BatchQueue>> queues_;
  std::atomic<bool> reopen_{false};
  std::atomic<bool> finished_{false};
  queue::Wakeup finish_wakeup_;  // the main thread sleeps on it in stop()
  UnreportedLosses unreported_;
  ErrorReports errors_;
  Counter taken_;  // records, from all queues
  Published<Progress> progress_;
  Heartbeat heartbeat_;
  std::jthread thread_;
};

}  // namespace logsniffd::sink
