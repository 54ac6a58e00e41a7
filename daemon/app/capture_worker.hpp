// Runs one packet source and its pipeline on a thread of their own.
//
// THREAD    everything on the main thread; counters() may be read from it at any time.
// SHUTDOWN  stop() makes it read what the kernel still holds, flush every stream, hand everything over, and close the
// queues.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/base/published.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::app {

struct CaptureWorkerOptions {
  pipeline::PipelineOptions pipeline;
  // How far behind the clock packets may be that were not read yet (the kernel's latency). nullopt: a replay, whose
  // packets have nothing to do with the clock: time stands still while the source (a pipe) has nothing to say.
  std::optional<Duration> time_lag;
};

// All of one instant between two packets, so that their sums hold.
struct CaptureCounters {
  pipeline::PipelineCounters pipeline;
  capture::CaptureTally<Counter> source;

  [[nodiscard]] capture::CaptureStatistics statistics() const {
    capture::CaptureStatistics values;
    add_counters(values, source);
    return values;
  }
};

class CaptureWorker {
 public:
  using Listener = std::function<void()>;
  using UnreadListener = std::function<void(const record_path::UnreadReport&)>;

  // `on_finished` is called on the worker's thread when the source has ended, failed, or enough records were seen.
  CaptureWorker(const CaptureWorkerOptions& options, std::unique_ptr<capture::PacketSource> source,
                Listener on_finished);
  ~CaptureWorker();

  // Packets go to `observer` first, which passes them on to pipeline() (sniff -x). REQUIRED: before start().
  void observe_with(capture::PacketObserver& observer) { observer_ = &observer; }
  // REQUIRED: before start(), or within execute().
  void configure(std::shared_ptr<const record_path::RoutingPlan> plan, std::vector<record_path::Outlet> outlets);

  void start();
  // Hands over what there is, and waits until the sinks have written it. REQUIRED: called by the observer of
  // observe_with().
  void write_through();
  // Runs `change` on the worker's thread between two packets, and waits for it (a reload).
  void execute(const std::function<void()>& change);
  // REQUIRED: within execute().
  [[nodiscard]] capture::PacketSource& source() { return *source_; }
  // Another CaptureWorkerOptions::time_lag. REQUIRED: live capture, within execute().
  void set_time_lag(Duration lag);
  // Reads what the old source still holds, then goes on with the new one. REQUIRED: within execute().
  void replace_source(std::unique_ptr<capture::PacketSource> source);
  // Passes what streams lost since the last call to `listener`, where there is something: on the worker's thread
  // between two packets, or at once where that has been stopped.
  void tell_unread(UnreadListener listener);
  // True where the worker has come around its loop since the last call, or sleeps with nothing to do; false where it
  // hangs.
  [[nodiscard]] bool responds(Duration within);
  void stop();
  // No further waiting for full queues: what does not fit is dropped and counted.
  void abandon() { abandon_.store(true, std::memory_order_relaxed); }

  // REQUIRED: the worker has finished, or was stopped.
  [[nodiscard]] std::optional<Error> take_error() { return std::exchange(error_, std::nullopt); }
  // Thread-safe for single counters alone.
  [[nodiscard]] const pipeline::Pipeline& pipeline() const { return pipeline_; }
  [[nodiscard]] pipeline::Pipeline& pipeline() { return pipeline_; }
  // While it runs those of the end of its last round, of at most some hundred packets; exact once it was stopped.
  [[nodiscard]] CaptureCounters counters() const { return counters_.read(); }

 private:
  void run();
  bool read_some();
  void hear_clocks();
  void sleep();
  void run_changes();
  void read_rest();
  void enqueue(std::function<void()> change);
  void close_queues();
  void wake();
  void read_statistics();
  void publish_counters();

  CaptureWorkerOptions options_;
  std::unique_ptr<capture::PacketSource> source_;
  Listener on_finished_;
  std::atomic<bool> abandon_{false};
  pipeline::Pipeline pipeline_;
  capture::PacketObserver* observer_;
  std::vector<record_path::BatchQueue*> queues_;
  std::optional<Error> error_;
  capture::CaptureStatistics closed_sources_;  // of those that were replaced

  UniqueFd wake_;  // eventfd: stop, or a change to run
  std::atomic<bool> stop_{false};
  std::atomic<bool> has_changes_{false};
  std::mutex changes_mutex_;  // guards changes_
  std::vector<std::function<void()>> changes_;
  capture::CaptureTally<Counter> statistics_;  // as the sources told last
  Published<CaptureCounters> counters_;
  std::jthread thread_;
};

}  // namespace logsniffd::app
