// logsniffd test PCAP [--config FILE] [--expect DIR [--update]]: a capture file through a configuration; prints what each
// sink would write, or how that differs from what is expected. Nothing is sent or written anywhere else.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/collector.hpp"
#include "daemon/app/configuration.hpp"
#include "daemon/app/trial_sink.hpp"
#include "daemon/app/unread_lines.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/expected_folder.hpp"
#include "daemon/cli/figures.hpp"
#include "daemon/cli/unified_diff.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/privilege/privilege.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kWriteDeadline = std::chrono::minutes(1);  // only temporary files are written
constexpr std::string_view kIndent = "  ";

struct TestOptions {
  std::string capture;
  std::string config = app::kDefaultConfig;
  std::string expect;
  bool update = false;
};

using Outputs = std::map<std::string, app::TrialOutput>;  // by sink
using Damaged = std::map<Integrity, std::uint64_t>;

void complain(const std::string& message) { fmt::print(stderr, "logsniffd: {}\n", message); }

std::string damaged_of(const Damaged& damaged) {
  std::string text;
  for (const auto& [integrity, count] : damaged) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_string(integrity), count);
  }
  return text;
}

std::string records_of(std::uint64_t count) { return fmt::format("{} record{}", count, count == 1 ? "" : "s"); }

// "sink app (file /var/log/app.log): 3 records, damaged: gap 1"
std::string heading(const app::SinkView& sink, std::uint64_t records, const Damaged& damaged) {
  const bool named = sink.type == "file" || sink.type == "syslog";
  return fmt::format("sink {} ({}{}): {}{}{}\n", sink.name, sink.type, named ? " " + sink.target : "",
                     records_of(records), damaged.empty() ? "" : ", damaged: ", damaged_of(damaged));
}

Status print_lines(int file) {
  std::array<char, 64 << 10> buffer{};
  bool begins = true;
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(file, buffer.data(), buffer.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Error::system("reading a temporary file", errno));
    if (got == 0) return {};
    at += got;
    for (std::string_view text(buffer.data(), static_cast<std::size_t>(got)); !text.empty();) {
      const std::size_t end = text.find('\n');
      const std::string_view piece = text.substr(0, end == std::string_view::npos ? end : end + 1);
      if (begins && piece != "\n") std::fwrite(kIndent.data(), 1, kIndent.size(), stdout);
      std::fwrite(piece.data(), 1, piece.size(), stdout);
      begins = end != std::string_view::npos;
      text.remove_prefix(piece.size());
    }
  }
}

// One line, so that nothing is missing without a word. The names are those of the ledger (docs/operations.md).
void summarize(const app::Ledger& ledger, const Outputs& outputs) {
  const control::Json figures = control::Json::parse(ledger.to_json());
  const control::Json& packets = at(figures, "packets");
  const control::Json& records = at(figures, "records");
  Damaged damaged;
  for (const auto& [sink, output] : outputs) {
    for (const auto& [integrity, count] : output.damaged) damaged[integrity] += count;
  }
  std::uint64_t written = 0;
  for (const auto& [sink, sink_figures] : ledger.sinks) written += sink_figures.written;
  fmt::print(stderr,
             "logsniffd: packets {}, ignored: {}, malformed: {}; records {}, filtered: {}; written {}, damaged: {}; "
             "unaccounted {}\n",
             count_of(at(packets, "received")), counts_of(at(packets, "ignored")), counts_of(at(packets, "malformed")),
             count_of(at(records, "framed")), counts_of(at(records, "filtered")), written,
             damaged.empty() ? "0" : damaged_of(damaged), counts_of(at(figures, "unaccounted")));
}

// The run of one capture through one configuration.
class Trial {
 public:
  // Opens the capture. REQUIRED: stays where it is.
  Status open(const TestOptions& options, config::Config config) {
    app::CollectorOptions wanted;
    wanted.config = std::move(config);
    wanted.read_file = options.capture;
    wanted.make = [this](const config::Sink& sink) -> Expected<std::unique_ptr<sink::Sink>> {
      auto output = app::TrialOutput::create();
      if (!output) return fail(std::move(output.error()));
      return app::make_trial_sink(sink, outputs_.emplace(sink.name, std::move(*output)).first->second);
    };
    app::CollectorEvents events;
    events.on_interface = [](const std::string&, capture::InterfaceChange, const std::string&) {};
    events.on_sink_error = [](const std::string& sink, const std::string& error) { complain(sink + ": " + error); };
    events.on_finished = [this] { finished_.set_value(); };
    events.on_unread = [](const record_path::UnreadReport& report) {
      for (const std::string& line : app::describe(report)) complain(line);
    };
    auto collector = app::Collector::create(std::move(wanted), std::move(events));
    if (!collector) return fail(std::move(collector.error()));
    collector_ = std::move(*collector);
    return {};
  }

  // Returns the exit code: not 0 if the output is not that of the whole capture.
  int run() {
    collector_->start();
    finished_.get_future().wait();
    const bool complete = collector_->stop(kWriteDeadline);
    collector_->report_unread();
    ledger_ = collector_->ledger();
    summarize(*ledger_, outputs_);
    if (const auto error = collector_->take_error()) {
      complain(error->message());
      return error->exit_code();
    }
    return complete && ledger_->lost_records() == 0 ? 0 : 1;
  }

  // REQUIRED: after run(), as the others below.
  Status print() {
    for (const app::SinkView& sink : collector_->look(Duration::zero()).sinks) {
      const app::TrialOutput& output = outputs_.at(sink.name);
      fmt::print("{}", heading(sink, records(sink.name), output.damaged));
      if (Status printed = print_lines(output.file.get()); !printed) return printed;
    }
    return {};
  }

  [[nodiscard]] Expected<std::string> text(const std::string& sink) const {
    return read_whole(outputs_.at(sink).file.get(), "the output of sink " + sink);
  }
  [[nodiscard]] std::uint64_t records(const std::string& sink) const {
    for (const auto& [name, figures] : ledger_->sinks) {
      if (name == sink) return figures.written;
    }
    return 0;
  }

 private:
  Outputs outputs_;  // outlives the sinks in collector_
  std::promise<void> finished_;
  std::unique_ptr<app::Collector> collector_;
  std::optional<app::Ledger> ledger_;
};

// Returns whether everything is as expected.
Expected<bool> compare(const Trial& trial, const ExpectedFolder& folder, const std::vector<std::string>& sinks) {
  bool equal = folder.strangers().empty();
  for (const std::string& sink : sinks) {
    const auto text = trial.text(sink);
    if (!text) return fail(text.error());
    const std::optional<std::string>& expected = folder.text_for(sink);
    if (expected == *text) continue;
    equal = false;
    if (expected) {
      fmt::print("--- {}\n+++ sink {}\n{}", folder.path_of(sink), sink, unified_diff(*expected, *text));
    } else {
      fmt::print("{}: missing; sink {} writes {}\n", folder.path_of(sink), sink, records_of(trial.records(sink)));
    }
  }
  return equal;
}

// Returns whether everything is as expected now.
Expected<bool> update(const Trial& trial, ExpectedFolder& folder, const std::vector<std::string>& sinks) {
  for (const std::string& sink : sinks) {
    const auto text = trial.text(sink);
    if (!text) return fail(text.error());
    const std::optional<std::string>& expected = folder.text_for(sink);
    if (expected == *text) continue;
    if (Status replaced = folder.replace(sink, *text); !replaced) return fail(std::move(replaced.error()));
    fmt::print("{}: {}\n", folder.path_of(sink), expected ? "changed" : "new");
  }
  return folder.strangers().empty();
}

Expected<int> judge(const Trial& trial, ExpectedFolder& folder, const std::vector<std::string>& sinks, bool updates) {
  const auto equal = updates ? update(trial, folder, sinks) : compare(trial, folder, sinks);
  if (!equal) return fail(equal.error());
  for (const std::string& name : folder.strangers()) {
    fmt::print("{}: no sink has this name; remove the file\n", folder.path_of(name));
  }
  if (*equal) fmt::print("{}: as expected\n", folder.path());
  return *equal ? 0 : 1;
}

Expected<int> test(const TestOptions& options) {
  auto config = app::read_configuration(options.config);
  if (!config) return fail(std::move(config.error()));
  std::vector<std::string> sinks;
  for (const config::Sink& sink : config->sinks) sinks.push_back(sink.name);
  Trial trial;
  if (Status opened = trial.open(options, std::move(*config)); !opened) return fail(std::move(opened.error()));
  std::optional<ExpectedFolder> folder;
  if (!options.expect.empty()) {
    auto opened = ExpectedFolder::open(options.expect, sinks, options.update);
    if (!opened) return fail(std::move(opened.error()));
    folder = std::move(*opened);
  }
  for (const Error& kept : privilege::drop(privilege::Purpose::replay)) complain(kept.message());
  const int code = trial.run();
  Expected<int> judged = folder ? judge(trial, *folder, sinks, options.update) : trial.print().map([] { return 0; });
  if (!judged) return judged;
  if (std::fflush(stdout) != 0) return fail(Error::system("writing standard output", errno));
  return code != 0 ? code : *judged;
}

}  // namespace

void add_test(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TestOptions>();  // shared: the options outlive this call
  CLI::App* command =
      app.add_subcommand("test", "run a capture file through a configuration, and print what each sink would write");
  command->add_option("capture", options->capture, "a pcap or pcapng file; - is standard input")->required();
  command->add_option("-c,--config", options->config, "the configuration file")->capture_default_str();
  CLI::Option* expect =
      command->add_option("--expect", options->expect,
                          "compare with this folder instead, which has one file for each sink; 1 if they differ");
  command->add_flag("--update", options->update, "write that folder")->needs(expect);
  command->callback([options, &action] {
    action = [options] {
      loop::release_handled_signals();  // SIGINT ends it
      return test(*options);
    };
  });
}

}  // namespace logsniffd::cli
