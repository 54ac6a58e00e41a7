// The machine that every command runs: a packet source, a pipeline and sinks, built from a configuration.
//
// THREAD    the main thread. Each event is called on the thread named with it.
// SHUTDOWN  stop(): capture stops, streams are flushed, queues close, sinks drain within the deadline, and the rest
//           is counted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/model.hpp"
#include "daemon/app/capture_worker.hpp"
#include "daemon/app/ledger.hpp"
#include "daemon/app/loss_taps.hpp"
#include "daemon/app/sink_set.hpp"
#include "daemon/capture/live_source.hpp"

namespace logsniffd::app {

using LiveOpener =
    std::function<Expected<std::unique_ptr<capture::PacketSource>>(capture::LiveOptions, capture::InterfaceListener)>;

struct CollectorOptions {
  config::Config config;
  std::string read_file;   // a capture file, "-" for standard input; empty: live
  std::string expression;  // the user's BPF
  std::string output;      // see make_sink()
  SinkMaker make;          // in place of make_sink(); empty: none
  bool text_only = false;
  bool wait_for_missing = false;                      // see LiveOptions
  std::uint64_t max_records = 0;                      // 0: no limit
  LiveOpener open_live = &capture::LiveSource::open;  // a seam for tests, which have no privileges
};

struct CollectorEvents {
  capture::InterfaceListener on_interface;  // main thread, then the capture worker's
  std::function<void(const std::string& sink, const std::string& error)> on_sink_error;  // that sink's worker
  std::function<void()> on_sink_ended = [] {};  // that sink's worker: retire() has something to do
  std::function<void()> on_finished;            // the capture worker's
  CaptureWorker::UnreadListener on_unread;      // likewise, or the main thread's: report_unread()
};

// Everything that can be seen of a collector.
struct CollectorView {
  std::optional<CaptureView> capture;  // nullopt: the capture worker does not answer
  Ledger ledger;                       // then of its last round
  std::vector<SinkView> sinks;
};

class Collector {
 public:
  // Opens the source, then the sinks, so that nothing is written if nothing can be read. No packet is read and no thread
  // exists before start(): until then the process can give up its privileges.
  static Expected<std::unique_ptr<Collector>> create(CollectorOptions options, CollectorEvents events);
  ~Collector();

  // REQUIRED: called once.
  void start();
  // Applies all of the new configuration, or none of it. It is in force when this returns; sinks that it no longer has
  // may still be leaving, see settled(). REQUIRED: live, settled().
  [[nodiscard]] Status reload(const config::Config& config);
  // See SinkSet.
  [[nodiscard]] bool settled() const { return sinks_.settled(); }
  bool retire() { return sinks_.retire(); }
  void interrupt_leaving() { sinks_.interrupt_leaving(); }
  void reopen_sinks() { sinks_.reopen(); }
  // Returns true if everything captured before was written. May be called once more to end sooner.
  bool stop(Duration deadline, const SinkSet::LateListener& on_late = {});

  // Calls on_unread with what streams lost since the last call, if there is anything: immediately after stop(),
  // otherwise soon.
  void report_unread() { worker_->report_unread(events_.on_unread); }
  [[nodiscard]] bool responds(Duration within) { return worker_->responds(within); }
  [[nodiscard]] std::vector<std::string> hanging_sinks() { return sinks_.hanging(); }
  [[nodiscard]] std::optional<Error> take_error() { return worker_->take_error(); }
  [[nodiscard]] Ledger ledger() const;
  // Waits at most `within` for the capture worker.
  [[nodiscard]] CollectorView look(Duration within);
  [[nodiscard]] CaptureWorker& worker() { return *worker_; }
  // Of all sinks, while they run.
  [[nodiscard]] LossTaps& losses() { return losses_; }
  [[nodiscard]] const config::Config& config() const { return options_.config; }

 private:
  Collector(CollectorOptions options, CollectorEvents events);
  struct InterfaceEvent {
    std::string interface;
    capture::InterfaceChange change;
    std::string detail;
  };

  [[nodiscard]] Status wire();
  [[nodiscard]] Expected<std::unique_ptr<capture::PacketSource>> open_source();
  [[nodiscard]] Expected<std::unique_ptr<capture::PacketSource>> open_live(const config::Config& config);
  void on_interface(const std::string& interface, capture::InterfaceChange change, const std::string& detail);
  void tell_early_events();

  CollectorOptions options_;
  CollectorEvents events_;
  // Kept back until everything is open, so that a failed start reports only its reason. Empty optional: events are
  // reported immediately.
  std::optional<std::vector<InterfaceEvent>> early_events_{std::in_place};
  LossTaps losses_;
  SinkSet sinks_;
  std::optional<SinkSet::Transition> opened_sinks_;  // until start()
  std::unique_ptr<CaptureWorker> worker_;
};

}  // namespace logsniffd::app
