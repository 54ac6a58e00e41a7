#include "daemon/app/daemon.hpp"

#include <fmt/format.h>

#include <csignal>
#include <map>
#include <optional>
#include <vector>

#include "config/loader.hpp"
#include "daemon/app/collector.hpp"
#include "daemon/app/configuration.hpp"
#include "daemon/app/control_commands.hpp"
#include "daemon/app/metrics_page.hpp"
#include "daemon/app/reloader.hpp"
#include "daemon/app/service_manager.hpp"
#include "daemon/app/status_report.hpp"
#include "daemon/app/unread_lines.hpp"
#include "daemon/app/wall_clock.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/metrics/server.hpp"
#include "daemon/own_log/own_log.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::app {
namespace {

constexpr Duration kReportInterval = std::chrono::seconds(10);
constexpr const char* kWatchdogActs = "systemd's watchdog restarts this daemon unless it recovers";

using own_log::Event;

class Daemon {
 public:
  explicit Daemon(std::string config_path) : config_path_(std::move(config_path)) {}

  Expected<int> run() {
    if (Status started = start(); !started) return fail(std::move(started.error()));
    auto code = loop_->run();
    if (!code) return code;
    return stop();
  }

 private:
  Status start() {
    auto config = read_configuration(config_path_);
    if (!config) return fail(std::move(config.error()));
    log_.set_level(config->daemon.log_level);
    auto loop = loop::EventLoop::create();
    if (!loop) return fail(std::move(loop.error()));
    loop_ = std::move(*loop);
    if (Status handled = handle_events(); !handled) return handled;

    CollectorOptions options;
    options.config = std::move(*config);
    options.wait_for_missing = true;
    CollectorEvents events;
    events.on_interface = [this](const auto& interface, capture::InterfaceChange change, const auto& detail) {
      const bool good = change == capture::InterfaceChange::opened || change == capture::InterfaceChange::reopened;
      std::string line;
      text::append_escaped(capture::describe(interface, change, detail), line);
      log_.write(good ? Event::interface_opened : Event::interface_unavailable, line,
                 {{"LOGSNIFFD_INTERFACE", interface}});
    };
    events.on_sink_error = [this](const std::string& sink, const std::string& error) {
      log_.write(Event::sink_error, fmt::format("sink {}: {}", sink, error), {{"LOGSNIFFD_SINK", sink}});
    };
    events.on_sink_ended = [this] { sink_ended_->notify(); };
    events.on_finished = [this] { capture_ended_->notify(); };
    events.on_unread = [this](const record_path::UnreadReport& report) {
      for (const std::string& line : describe(report)) log_.write(Event::bytes_unread, line);
    };
    auto collector = Collector::create(std::move(options), std::move(events));
    if (!collector) return fail(std::move(collector.error()));
    collector_ = std::move(*collector);
    reloader_.emplace(*loop_, *collector_,
                      Reloader::Events{[this] { reload(); }, [this] { service_manager::ready(status_line()); }});
    collector_->start();
    facts_.config_path = config_path_;
    facts_.started_at = facts_.configured_at = wall_now();
    status_report_.mark(collector_->look(kLookWithin), std::chrono::steady_clock::now());
    auto commands = ControlCommands::create(*loop_, *collector_, facts_, status_report_, log_,
                                            {[this] { reloader_->request(); }, [this] { reopen(); }});
    if (!commands) return fail(std::move(commands.error()));
    commands_ = std::move(*commands);
    commands_->listen();
    open_metrics(collector_->config().daemon.metrics);
    log_.write(Event::started, "started with " + config_path_, config_field());
    service_manager::ready(status_line());
    return {};
  }

  // None of these handlers is called before start() is done: the loop does not run yet.
  Status handle_events() {
    for (const auto& [signal, handler] : std::map<int, loop::EventLoop::Handler>{
             {SIGTERM, [this] { loop_->quit(0); }},
             {SIGINT, [this] { loop_->quit(0); }},
             {SIGHUP, [this] { reloader_->request(); }},
             {SIGUSR1, [this] { reopen(); }},
         }) {
      if (Status added = keep(loop_->add_signal(signal, handler)); !added) return added;
    }
    // For a capture worker that ended by itself: live capture never does.
    auto capture_ended = loop_->add_notifier([this] { loop_->quit(1); });
    if (!capture_ended) return fail(std::move(capture_ended.error()));
    capture_ended_ = std::move(*capture_ended);
    auto sink_ended = loop_->add_notifier([this] { reloader_->on_sink_ended(); });
    if (!sink_ended) return fail(std::move(sink_ended.error()));
    sink_ended_ = std::move(*sink_ended);

    if (Status added = keep(loop_->add_every(kReportInterval, [this] { report(); })); !added) return added;
    const Duration patience = service_manager::watchdog().value_or(3 * kReportInterval);
    return keep(loop_->add_every(patience / 3, [this, patience] {
      if (everything_moves(patience / 4)) service_manager::alive();
    }));
  }

  // Whether capture and every sink worker make progress. One that does not is named before the watchdog ends it all.
  bool everything_moves(Duration within) {
    const bool captures = collector_->responds(within);
    if (!captures) log_.write(Event::worker_stuck, fmt::format("the capture worker hangs; {}", kWatchdogActs));
    const auto hanging = collector_->hanging_sinks();
    for (const std::string& sink : hanging) {
      log_.write(Event::worker_stuck, fmt::format("the worker of sink {} hangs; {}", sink, kWatchdogActs),
                 {{"LOGSNIFFD_SINK", sink}});
    }
    return captures && hanging.empty();
  }

  [[nodiscard]] own_log::Fields config_field() const { return {{"LOGSNIFFD_CONFIG", config_path_}}; }

  Status keep(Expected<loop::EventLoop::Source> source) {
    if (!source) return fail(std::move(source.error()));
    sources_.push_back(std::move(*source));
    return {};
  }

  // Without it the daemon does what it is there for: a failure is a warning.
  void open_metrics(const std::string& address) {
    metrics_.reset();
    if (address.empty()) return;
    auto opened = metrics::Server::open(*loop_, {.address = address}, [this] {
      return metrics_page(collector_->look(kLookWithin), collector_->config(), facts_);
    });
    if (opened) {
      metrics_ = std::move(*opened);
    } else {
      log_.write(Event::metrics_unavailable,
                 fmt::format("{}; nothing can read the metrics: see daemon.metrics in {}", opened.error().message(),
                             config_path_),
                 config_field());
    }
  }

  void reload() {
    service_manager::reloading();
    facts_.reload_failure.clear();
    ControlCommands::ReloadResult result;
    std::string first_error;
    auto config = read_configuration(config_path_, [&](const std::string& line, config::DiagnosticSeverity severity) {
      log_.write(Event::configuration_problem, line, config_field());
      result.problems.push_back(line);
      if (severity == config::DiagnosticSeverity::error && first_error.empty()) first_error = line;
    });
    Status reloaded = config ? collector_->reload(*config) : fail(std::move(config.error()));
    if (reloaded) {
      log_.set_level(config->daemon.log_level);
      ++facts_.generation;
      facts_.configured_at = wall_now();
      log_.write(Event::reloaded, "reloaded " + config_path_, config_field());
    } else {
      result.failed = reloaded.error().exit_code();
      facts_.reload_failure = first_error.empty() ? reloaded.error().message() : first_error;
      log_.write(Event::reload_failed,
                 "reload failed, the previous configuration keeps running: " + facts_.reload_failure, config_field());
    }
    const std::string& address = collector_->config().daemon.metrics;
    if (metrics_ ? metrics_->address() != address : !address.empty()) open_metrics(address);
    commands_->on_reload(result);
  }

  void reopen() {
    log_.write(Event::reopening, "reopening the targets of all sinks");
    collector_->reopen_sinks();
  }

  // Reports losses since the last report; never more than one line per sink and interval, and a few for streams.
  void report() {
    const CollectorView view = collector_->look(kLookWithin);
    status_report_.mark(view, std::chrono::steady_clock::now());
    const Ledger& ledger = view.ledger;
    report_growth(
        Event::kernel_dropped, {}, ledger.capture.kernel_dropped,
        "packets dropped by the kernel because its buffer was full; raise capture.buffer or watch fewer ports");
    report_growth(Event::clock_stepped, {}, ledger.pipeline.clock.steps(),
                  "steps of the clock that stamps packets: the times of records are affected, timeouts are not; check "
                  "its synchronisation");
    collector_->report_unread();
    for (const auto& [name, figures] : ledger.sinks) {
      report_growth(Event::records_lost, name, figures.dropped_sum(), "records lost in sink " + name);
      report_growth(Event::records_unconfirmed, name, figures.unconfirmed,
                    "records of sink " + name + " were not acknowledged by its target, and may be lost");
    }
    log_.report_suppressed();
    service_manager::status(status_line());
  }

  // `sink`: empty if the event is not about one.
  void report_growth(Event event, const std::string& sink, std::uint64_t now, const std::string& what) {
    std::uint64_t& reported = reported_losses_[{event, sink}];
    if (now > reported) {
      own_log::Fields fields{{"LOGSNIFFD_COUNT", std::to_string(now - reported)}};
      if (!sink.empty()) fields.push_back({"LOGSNIFFD_SINK", sink});
      log_.write(event, fmt::format("{} {}", now - reported, what), fields);
    }
    reported = now;
  }

  std::string status_line() {
    const Ledger ledger = collector_->ledger();
    std::uint64_t written = 0;
    std::uint64_t spooled = 0;
    for (const auto& [name, figures] : ledger.sinks) {
      written += figures.written;
      spooled += figures.spooled;
    }
    std::string line = fmt::format("{} records written, {} lost, {} packets lost by the kernel", written,
                                   ledger.lost_records(), ledger.capture.kernel_dropped);
    if (spooled > 0) line += fmt::format(", {} waiting in spools", spooled);
    if (!facts_.reload_failure.empty())
      line = "reload failed, the previous configuration keeps running (" + facts_.reload_failure + "); " + line;
    return line;
  }

  int stop() {
    service_manager::stopping();
    metrics_.reset();
    commands_->stop_listening();
    const bool complete = collector_->stop(kStopDeadline, [this](const LateSink& late) {
      const std::string what = "waiting for " + describe(late);
      log_.write(Event::sink_late, what, {{"LOGSNIFFD_SINK", late.name}});
      service_manager::status(what);
    });
    commands_.reset();
    report();
    const Ledger ledger = collector_->ledger();
    log_.write(Event::stopped, "stopped: " + status_line());
    log_.write(Event::ledger, "ledger: " + ledger.to_json());
    if (!complete) {
      log_.write(Event::stop_incomplete,
                 fmt::format("some sinks did not finish writing within {} s; the rest is in their spools, or lost and "
                             "counted as shutdown",
                             kStopDeadline / std::chrono::seconds(1)));
    }
    if (const auto error = collector_->take_error()) {
      log_.write(Event::capture_ended, "capture ended: " + error->message());
      return error->exit_code();
    }
    return 0;
  }

  std::string config_path_;
  own_log::OwnLog log_;
  std::unique_ptr<loop::EventLoop> loop_;
  std::vector<loop::EventLoop::Source> sources_;
  std::optional<loop::EventLoop::Notifier> capture_ended_;  // these two are called by threads of the collector
  std::optional<loop::EventLoop::Notifier> sink_ended_;
  std::unique_ptr<Collector> collector_;
  std::optional<Reloader> reloader_;
  DaemonFacts facts_;
  StatusReport status_report_;
  std::unique_ptr<ControlCommands> commands_;
  std::unique_ptr<metrics::Server> metrics_;  // null: off, or it could not be opened
  std::map<std::pair<Event, std::string>, std::uint64_t> reported_losses_;
};

}  // namespace

Expected<int> run_daemon(const std::string& config_path) { return Daemon(config_path).run(); }

}  // namespace logsniffd::app
