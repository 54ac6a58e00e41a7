// logsniffd sniff [options] [PORT...]: captures now and prints records; needs no configuration.
#include "daemon/cli/sniff.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <mutex>
#include <optional>

#include "daemon/app/collector.hpp"
#include "daemon/app/unread_lines.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/end_on_signals.hpp"
#include "daemon/cli/hex_dump.hpp"
#include "daemon/cli/sniff_hint.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/privilege/privilege.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::cli {
namespace {

// How long standard output may take to accept what was captured before the end.
constexpr Duration kStopDeadline = std::chrono::seconds(10);

void tell_interface(const std::string& interface, capture::InterfaceChange change, const std::string& detail) {
  std::string line;
  text::append_escaped(capture::describe(interface, change, detail), line);
  fmt::print(stderr, "logsniffd: {}\n", line);
}

void report_unread(const record_path::UnreadReport& report) {
  for (const std::string& line : app::describe(report)) fmt::print(stderr, "logsniffd: {}\n", line);
}

// The first error of the output, which ends the command. The sink's thread reports it, and the main thread reads it.
class FirstError {
 public:
  void set(const std::string& error) {
    const std::lock_guard lock(mutex_);
    if (error_.empty()) error_ = error;
  }
  [[nodiscard]] std::string get() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;  // guards error_
  std::string error_;
};

// Everything is open, and no packet has been read.
void drop_privileges(const SniffOptions& options) {
  using privilege::Purpose;
  const Purpose purpose = options.read_file.empty() ? Purpose::live_capture : Purpose::replay;
  for (const Error& kept : privilege::drop(purpose)) fmt::print(stderr, "logsniffd: {}\n", kept.message());
}

Expected<int> finish(app::Collector& collector, const FirstError& output_error, SniffHint& hint, bool stats) {
  const bool complete = collector.stop(kStopDeadline, [](const app::LateSink& late) {
    fmt::print(stderr, "logsniffd: waiting for {}\n", app::describe(late));
  });
  int code = 0;
  if (const std::string error = output_error.get(); !error.empty()) {
    fmt::print(stderr, "logsniffd: {}\n", error);
    code = 1;
  } else if (!complete) {
    fmt::print(stderr, "logsniffd: the output did not accept everything in time\n");
    code = 1;
  }
  if (const auto error = collector.take_error()) {
    fmt::print(stderr, "logsniffd: {}\n", error->message());
    code = error->exit_code();
  }
  const app::Ledger ledger = collector.ledger();
  if (ledger.capture.kernel_dropped > 0) {
    fmt::print(stderr,
               "logsniffd: the kernel dropped {} packets because its buffer was full; narrow the capture with ports, "
               "--filter or -i\n",
               ledger.capture.kernel_dropped);
  }
  collector.report_unread();
  if (ledger.lost_records() > 0) fmt::print(stderr, "logsniffd: {} records lost\n", ledger.lost_records());
  if (code == 0) hint.tell_at_end();
  if (stats) fmt::print(stderr, "{}\n", ledger.to_json());
  return code;
}

}  // namespace

Expected<int> sniff(const SniffOptions& options, const std::function<void()>& when_capturing) {
  auto collector_options = to_collector_options(options);
  if (!collector_options) return fail(std::move(collector_options.error()));
  const auto duration = duration_of(options.duration);
  if (!duration) return fail(duration.error());
  if (asks_for_push(options.expression)) {
    fmt::print(stderr,
               "logsniffd: warning: --filter asks for PSH, which does not mark messages: packets without it are "
               "missing from them, as gaps\n");
  }

  auto loop = loop::EventLoop::create();
  if (!loop) return fail(std::move(loop.error()));
  const auto signals = end_on_signals(**loop);
  if (!signals) return fail(signals.error());
  const auto end = (*loop)->add_notifier([&loop] { (*loop)->quit(0); });
  if (!end) return fail(end.error());
  FirstError output_error;
  app::CollectorEvents events;
  events.on_interface = tell_interface;
  events.on_finished = [&end] { end->notify(); };
  events.on_unread = report_unread;
  events.on_sink_error = [&end, &output_error](const std::string&, const std::string& error) {
    output_error.set(error);
    end->notify();
  };
  auto collector = app::Collector::create(std::move(*collector_options), std::move(events));
  if (!collector) return fail(std::move(collector.error()));

  std::unique_ptr<HexDump> hex;
  if (options.hex) {
    auto opened = HexDump::open((*collector)->worker(), options.output);
    if (!opened) return fail(std::move(opened.error()));
    hex = std::move(*opened);
    (*collector)->worker().observe_with(*hex);
  }
  std::optional<loop::EventLoop::Source> time_is_up;
  if (*duration) {
    auto added = (*loop)->add_after(**duration, [&loop] { (*loop)->quit(0); });
    if (!added) return fail(std::move(added.error()));
    time_is_up = std::move(*added);
  }
  SniffHint hint(**loop, **collector, options.read_file, !options.expression.empty());
  if (options.read_file.empty()) {
    if (Status watched = hint.watch(); !watched) return fail(std::move(watched.error()));
  }
  drop_privileges(options);
  (*collector)->start();
  if (when_capturing) when_capturing();
  if (const auto ran = (*loop)->run(); !ran) return fail(ran.error());
  return finish(**collector, output_error, hint, options.stats);
}

void add_sniff(CLI::App& app, Action& action) {
  const auto options = std::make_shared<SniffOptions>();  // shared: the options outlive this call
  CLI::App* command = app.add_subcommand("sniff", "capture now and print records; needs no configuration");
  add_sniff_options(*command, *options);
  command->callback([options, &action] { action = [options] { return sniff(*options); }; });
}

}  // namespace logsniffd::cli
