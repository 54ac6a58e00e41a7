#include "daemon/app/daemon.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <optional>
#include <vector>

#include "config/loader.hpp"
#include "daemon/app/collector.hpp"
#include "daemon/app/configuration.hpp"
#include "daemon/app/metrics_page.hpp"
#include "daemon/app/own_log.hpp"
#include "daemon/app/reloader.hpp"
#include "daemon/app/service_manager.hpp"
#include "daemon/app/status_report.hpp"
#include "daemon/app/survey_run.hpp"
#include "daemon/app/tap_set.hpp"
#include "daemon/app/unread_lines.hpp"
#include "daemon/app/version.hpp"
#include "daemon/app/why.hpp"
#include "daemon/control/server.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/metrics/server.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::app {
namespace {

constexpr Duration kReportInterval = std::chrono::seconds(10);

PacketTime wall_now() { return std::chrono::time_point_cast<PacketTime::duration>(std::chrono::system_clock::now()); }

void log_interface(const std::string& interface, capture::InterfaceChange change, const std::string& detail) {
  const bool good = change == capture::InterfaceChange::opened || change == capture::InterfaceChange::reopened;
  std::string line;
  text::append_escaped(capture::describe(interface, change, detail), line);
  spdlog::log(good ? spdlog::level::info : spdlog::level::warn, "{}", line);
}

void log_unread(const record_path::UnreadReport& report) {
  for (const std::string& line : describe(report)) spdlog::warn("{}", line);
}

// What a question that the daemon's figures do not answer waits for.
constexpr Duration kSurveyDuration = std::chrono::seconds(3);
constexpr const char* kSurveySpan = "in 3 s";

struct Question {
  std::string subject;
  control::Server::Reply reply;
};

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
    configure_own_log(config->daemon.log_level);
    auto loop = loop::EventLoop::create();
    if (!loop) return fail(std::move(loop.error()));
    loop_ = std::move(*loop);
    if (Status handled = handle_events(); !handled) return handled;

    CollectorOptions options;
    options.config = std::move(*config);
    options.wait_for_missing = true;
    CollectorEvents events;
    events.on_interface = log_interface;
    events.on_sink_error = [](const std::string& sink, const std::string& error) {
      spdlog::error("sink {}: {}", sink, error);
    };
    events.on_sink_ended = [this] { sink_ended_->notify(); };
    events.on_finished = [this] { capture_ended_->notify(); };
    events.on_unread = log_unread;
    auto collector = Collector::create(std::move(options), std::move(events));
    if (!collector) return fail(std::move(collector.error()));
    collector_ = std::move(*collector);
    reloader_.emplace(*loop_, *collector_,
                      Reloader::Events{[this] { reload(); }, [this] { service_manager::ready(status_line()); }});
    collector_->start();
    facts_.config_path = config_path_;
    facts_.started_at = facts_.configured_at = wall_now();
    status_report_.mark(collector_->look(kLookWithin), std::chrono::steady_clock::now());
    taps_.emplace(*loop_, *collector_);
    open_control(collector_->config().daemon.control);
    open_metrics(collector_->config().daemon.metrics);
    spdlog::info("started with {}", config_path_);
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

    auto survey_done = loop_->add_notifier([this] { answer_questions(); });
    if (!survey_done) return fail(std::move(survey_done.error()));
    survey_done_ = std::move(*survey_done);

    if (Status added = keep(loop_->add_every(kReportInterval, [this] { report(); })); !added) return added;
    const auto patience = service_manager::watchdog();
    if (!patience) return {};
    return keep(loop_->add_every(*patience / 3, [this, patience] {
      if (collector_->responds(*patience / 4)) service_manager::alive();
    }));
  }

  Status keep(Expected<loop::EventLoop::Source> source) {
    if (!source) return fail(std::move(source.error()));
    sources_.push_back(std::move(*source));
    return {};
  }

  // Without its control socket the daemon does what it is there for, and only cannot be asked.
  void open_control(const std::string& path) {
    control_.reset();
    if (path.empty()) return;
    auto opened = control::Server::open(
        *loop_, {.path = path},
        [this](const control::Request& request, control::Server::Reply reply) { answer(request, std::move(reply)); });
    if (opened) {
      control_ = std::move(*opened);
    } else {
      spdlog::warn("{}; logsniffd status, tap and reload cannot reach this daemon: see daemon.control in {}",
                   opened.error().message(), config_path_);
    }
  }

  // As with the control socket.
  void open_metrics(const std::string& address) {
    metrics_.reset();
    if (address.empty()) return;
    auto opened = metrics::Server::open(*loop_, {.address = address}, [this] {
      return metrics_page(collector_->look(kLookWithin), collector_->config(), facts_);
    });
    if (opened) {
      metrics_ = std::move(*opened);
    } else {
      spdlog::warn("{}; nothing can read the metrics: see daemon.metrics in {}", opened.error().message(),
                   config_path_);
    }
  }

  void answer(const control::Request& request, control::Server::Reply reply) {
    if (request.command == "tap") return taps_->begin(request.arguments, std::move(reply), config_path_);
    if (request.command == "why") return why(request.arguments, std::move(reply));
    if (request.command == "status") return std::move(reply).send(control::answer_line({{"report", status()}}));
    const bool changes = request.command == "reload" || request.command == "reopen" || request.command == "log-level";
    if (!changes) {
      return std::move(reply).send(control::error_line(
          Error::usage(fmt::format("the daemon (version {}) does not know this command", kVersion))));
    }
    if (reply.access() != control::Access::change) {
      return std::move(reply).send(control::error_line(
          Error::runtime(request.command + " changes the daemon: only root and its own user may do that")));
    }
    if (request.command == "reload") {
      reload_requests_.push_back(std::move(reply));
      reloader_->request();
    } else if (request.command == "reopen") {
      reopen();
      std::move(reply).send(control::answer_line());
    } else {
      set_log_level(request.arguments, std::move(reply));
    }
  }

  static void set_log_level(const control::Json& arguments, control::Server::Reply reply) {
    const auto level = arguments.find("level");
    if (level == arguments.end() ||
        std::find(config::kLogLevels.begin(), config::kLogLevels.end(), *level) == config::kLogLevels.end()) {
      return std::move(reply).send(control::error_line(
          Error::usage(fmt::format("the argument level is one of {}", fmt::join(config::kLogLevels, ", ")))));
    }
    configure_own_log(level->get<std::string>());
    spdlog::info("the level of this log is {} until the next reload", level->get<std::string>());
    std::move(reply).send(control::answer_line());
  }

  void why(const control::Json& arguments, control::Server::Reply reply) {
    const auto text = arguments.find("subject");
    const auto subject =
        subject_of(text == arguments.end() || !text->is_string() ? "" : text->get<std::string>(), collector_->config());
    if (!subject) return std::move(reply).send(control::error_line(subject.error()));
    if (const auto finding = find_cause(*subject, nullptr)) return tell(*finding, std::move(reply));
    if (!survey_) {
      auto started = SurveyRun::start(kSurveyDuration, [this] { survey_done_->notify(); });
      if (!started) return std::move(reply).send(control::error_line(started.error()));
      survey_ = std::move(*started);
    }
    questions_.push_back({text->get<std::string>(), std::move(reply)});
  }

  // The configuration may be another one than when the question was asked.
  void answer_questions() {
    const auto survey = std::exchange(survey_, nullptr);
    if (!survey) return;
    const Surveyed surveyed{survey->wire(), kSurveySpan};
    for (Question& question : std::exchange(questions_, {})) {
      const auto subject = subject_of(question.subject, collector_->config());
      if (subject) {
        tell(*find_cause(*subject, &surveyed), std::move(question.reply));
      } else {
        std::move(question.reply).send(control::error_line(subject.error()));
      }
    }
  }

  std::optional<Finding> find_cause(const Subject& subject, const Surveyed* surveyed) {
    const CollectorView view = collector_->look(kLookWithin);
    return app::find_cause(subject, {view, collector_->config(), config_path_, wall_now()}, surveyed);
  }

  static void tell(const Finding& finding, control::Server::Reply reply) {
    std::move(reply).send(control::answer_line({{"finding", to_json(finding)}}));
  }

  control::Json status() {
    return status_report_.report(collector_->look(kLookWithin), collector_->config(), facts_,
                                 std::chrono::steady_clock::now(), wall_now());
  }

  void reload() {
    service_manager::reloading();
    facts_.reload_failure.clear();
    control::Json problems = control::Json::array();
    std::string first_error;
    auto config = read_configuration(config_path_, [&](const std::string& line, config::DiagnosticSeverity severity) {
      print_problem(line, severity);
      problems.push_back(line);
      if (severity == config::DiagnosticSeverity::error && first_error.empty()) first_error = line;
    });
    Status reloaded = config ? collector_->reload(*config) : fail(std::move(config.error()));
    if (reloaded) {
      configure_own_log(config->daemon.log_level);
      ++facts_.generation;
      facts_.configured_at = wall_now();
      taps_->reconfigure(config_path_);
      spdlog::info("reloaded {}", config_path_);
    } else {
      facts_.reload_failure = first_error.empty() ? reloaded.error().message() : first_error;
      spdlog::error("reload failed, the previous configuration keeps running: {}", facts_.reload_failure);
    }
    for (control::Server::Reply& reply : std::exchange(reload_requests_, {})) {
      control::Json answer{{"reloaded", reloaded.has_value()}, {"generation", facts_.generation}};
      if (!reloaded) {
        answer["failure"] = facts_.reload_failure;
        answer["exit_status"] = reloaded.error().exit_code();
      }
      answer["problems"] = problems;
      std::move(reply).send(control::answer_line(answer));
    }
    const std::string& address = collector_->config().daemon.metrics;
    if (metrics_ ? metrics_->address() != address : !address.empty()) open_metrics(address);
    // Last, because it ends the clients of the old socket.
    const std::string& wanted = collector_->config().daemon.control;
    if (control_ ? control_->path() != wanted : !wanted.empty()) open_control(wanted);
  }

  void reopen() {
    spdlog::info("reopening the targets of all sinks");
    collector_->reopen_sinks();
  }

  // Reports losses since the last report; never more than one line per sink and interval, and a few for streams.
  void report() {
    const CollectorView view = collector_->look(kLookWithin);
    status_report_.mark(view, std::chrono::steady_clock::now());
    const Ledger& ledger = view.ledger;
    report_growth(
        "kernel", ledger.capture.kernel_dropped,
        "packets dropped by the kernel because its buffer was full; raise capture.buffer or watch fewer ports");
    report_growth("clock", ledger.pipeline.clock.steps(),
                  "steps of the clock that stamps packets: the times of records are affected, timeouts are not; check "
                  "its synchronisation");
    collector_->report_unread();
    for (const auto& [name, figures] : ledger.sinks) {
      report_growth("sink " + name, figures.dropped_sum(), "records lost in sink " + name);
      report_growth("target of " + name, figures.unconfirmed,
                    "records of sink " + name + " were not acknowledged by its target, and may be lost");
    }
    service_manager::status(status_line());
  }

  void report_growth(const std::string& key, std::uint64_t now, const std::string& what) {
    std::uint64_t& reported = reported_losses_[key];
    if (now > reported) spdlog::warn("{} {}", now - reported, what);
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
    control_.reset();
    metrics_.reset();
    survey_.reset();
    taps_.reset();
    const bool complete = collector_->stop(kStopDeadline, [](const LateSink& late) {
      const std::string what = "waiting for " + describe(late);
      spdlog::warn("{}", what);
      service_manager::status(what);
    });
    report();
    const Ledger ledger = collector_->ledger();
    spdlog::info("stopped: {}", status_line());
    spdlog::debug("ledger: {}", ledger.to_json());
    if (!complete)
      spdlog::error(
          "some sinks did not finish writing within {} s; the rest is in their spools, or lost and counted as shutdown",
          kStopDeadline / std::chrono::seconds(1));
    if (const auto error = collector_->take_error()) {
      spdlog::error("capture ended: {}", error->message());
      return error->exit_code();
    }
    return 0;
  }

  std::string config_path_;
  std::unique_ptr<loop::EventLoop> loop_;
  std::vector<loop::EventLoop::Source> sources_;
  std::optional<loop::EventLoop::Notifier> capture_ended_;  // these two are called by threads of the collector
  std::optional<loop::EventLoop::Notifier> sink_ended_;
  std::optional<loop::EventLoop::Notifier> survey_done_;  // called by the thread of survey_
  std::unique_ptr<Collector> collector_;
  std::optional<Reloader> reloader_;
  DaemonFacts facts_;
  StatusReport status_report_;
  std::optional<TapSet> taps_;
  std::unique_ptr<control::Server> control_;  // null: off, or it could not be opened
  std::unique_ptr<metrics::Server> metrics_;  // likewise
  std::unique_ptr<SurveyRun> survey_;         // while questions wait for it
  std::vector<Question> questions_;
  std::vector<control::Server::Reply> reload_requests_;   // of clients that wait for the next reload
  std::map<std::string, std::uint64_t> reported_losses_;  // by what was lost
};

}  // namespace

Expected<int> run_daemon(const std::string& config_path) { return Daemon(config_path).run(); }

}  // namespace logsniffd::app
