// Runs one packet source and its pipeline on their own thread.
//
// THREAD    everything runs on the main thread, which may read counters() at any time.
// SHUTDOWN  stop() makes the worker read what the kernel still holds, flush every stream, hand everything over, and
//           close the queues.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/app/packet_side.hpp"
#include "daemon/base/published.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::app {

struct CaptureWorkerOptions {
  pipeline::PipelineOptions pipeline;
  // How far unread packets may be behind the clock (the kernel's latency). nullopt: a replay, whose packets are
  // unrelated to the clock: time stands still while the source (a pipe) delivers nothing.
  std::optional<Duration> time_lag;
};

// All values are from one instant between two packets, so that their sums hold.
struct CaptureCounters {
  pipeline::PipelineCounters pipeline;
  capture::CaptureTally<Counter> source;

  [[nodiscard]] capture::CaptureStatistics statistics() const {
    capture::CaptureStatistics values;
    add_counters(values, source);
    return values;
  }
};

// What the worker knows at one instant between two packets.
struct CaptureView {
  CaptureCounters counters;
  std::vector<capture::InterfaceFigures> interfaces;
  std::vector<record_path::NamedFilterFigures> filters;
  BusySenderReport senders = {};
};

class CaptureWorker {
 public:
  using Listener = std::function<void()>;
  using UnreadListener = std::function<void(const record_path::UnreadReport&)>;

  // `on_finished` is called on the worker's thread when the source has ended or failed, or when enough records
  // were seen.
  CaptureWorker(const CaptureWorkerOptions& options, std::unique_ptr<capture::PacketSource> source,
                Listener on_finished);
  ~CaptureWorker();

  // Packets go to `observer` first, which passes them on to pipeline() (sniff -x). REQUIRED: before start().
  void observe_with(capture::PacketObserver& observer) { observer_ = &observer; }
  // REQUIRED: before start(), or within execute().
  void configure(std::shared_ptr<const record_path::RoutingPlan> plan, std::vector<record_path::Outlet> outlets);

  void start();
  // Hands over all pending records, and waits until the sinks have written them. REQUIRED: called by the observer
  // of observe_with().
  void write_through();
  // Runs `change` on the worker's thread between two packets, and waits for it (a reload); or immediately if the worker
  // was stopped.
  void execute(const std::function<void()>& change);
  // REQUIRED: within execute().
  [[nodiscard]] capture::PacketSource& source() { return *source_; }
  // Sets another CaptureWorkerOptions::time_lag. REQUIRED: live capture, within execute().
  void set_time_lag(Duration lag);
  // Reads what the old source captured until now, then continues with the new one, which may hold some of it: each
  // packet is handed over once. REQUIRED: within execute(); a live source was opened before.
  void replace_source(std::unique_ptr<capture::PacketSource> source);
  // Passes what streams lost since the last call to `listener`, if there is anything: on the worker's thread between
  // two packets, or immediately if the worker was stopped.
  void report_unread(UnreadListener listener);
  // Waits at most `within` for the worker to come around its loop; a sleeping worker is woken. Returns false if it does
  // not answer: it hangs.
  [[nodiscard]] bool responds(Duration within);
  // Waits at most `within` for the worker's view; nullopt: it does not answer. Immediate once the worker was stopped.
  [[nodiscard]] std::optional<CaptureView> look(Duration within);
  void stop();
  // Stops waiting for full queues: what does not fit is dropped and counted.
  void abandon() { abandon_.store(true, std::memory_order_relaxed); }

  // REQUIRED: the worker has finished, or was stopped.
  [[nodiscard]] std::optional<Error> take_error() { return std::exchange(error_, std::nullopt); }
  // Other threads may read only single counters of it.
  [[nodiscard]] const pipeline::Pipeline& pipeline() const { return pipeline_; }
  [[nodiscard]] pipeline::Pipeline& pipeline() { return pipeline_; }
  // While the worker runs: the values at the end of its last round, of at most some hundred packets. Exact once it
  // was stopped.
  [[nodiscard]] CaptureCounters counters() const { return counters_.read(); }

 private:
  void run();
  bool read_some();
  void hear_clocks();
  void sleep();
  void run_changes();
  [[nodiscard]] capture::PacketObserver& observer() { return after_ ? *after_ : *observer_; }
  void read_rest(capture::PacketObserver& observer);
  void enqueue(std::function<void()> change);
  void close_queues();
  void wake();
  void read_statistics();
  void publish_counters();
  [[nodiscard]] CaptureView view();

  CaptureWorkerOptions options_;
  std::unique_ptr<capture::PacketSource> source_;
  Listener on_finished_;
  std::atomic<bool> abandon_{false};
  pipeline::Pipeline pipeline_;
  capture::PacketObserver* observer_;
  std::optional<PacketSide> after_;  // while source_ may hold packets that its predecessor handed over
  std::vector<record_path::BatchQueue*> queues_;
  std::optional<Error> error_;
  capture::CaptureStatistics closed_sources_;  // of the sources that were replaced

  UniqueFd wake_;  // eventfd: stop, or a change to run
  std::atomic<bool> stop_{false};
  std::atomic<bool> has_changes_{false};
  std::mutex changes_mutex_;  // guards changes_
  std::vector<std::function<void()>> changes_;
  capture::CaptureTally<Counter> statistics_;  // as the sources last reported
  Published<CaptureCounters> counters_;
  std::jthread thread_;
};

}  // namespace logsniffd::app
