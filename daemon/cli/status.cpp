// logsniffd status [--json] [--watch]: whether the running daemon is well.
#include <fmt/format.h>

#include <cstdio>
#include <thread>

#include "daemon/cli/command.hpp"
#include "daemon/cli/remote.hpp"
#include "daemon/cli/status_screen.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kWatchInterval = std::chrono::seconds(2);

struct StatusOptions {
  std::string socket = config::Daemon().control;
  bool json = false;
  bool watch = false;
  std::string why;  // the subject
};

int show(const control::Json& report, const StatusOptions& options, const Terminal& terminal) {
  const std::string text = options.json ? report.dump(-1, ' ', false, control::Json::error_handler_t::replace) + "\n"
                                        : status_screen(report, terminal);
  if (options.watch && !options.json) fmt::print("{}", terminal.clear);
  fmt::print("{}", text);
  std::fflush(stdout);
  return exit_code_of(report);
}

Expected<int> why(const StatusOptions& options) {
  auto daemon = connect(options.socket);
  if (!daemon) return fail(std::move(daemon.error()));
  const auto answer = daemon->ask({"why", {{"subject", options.why}}});
  if (!answer) return fail(answer.error());
  const control::Json finding = answer->value("finding", control::Json::object());
  if (options.json) {
    fmt::print("{}\n", finding.dump(-1, ' ', false, control::Json::error_handler_t::replace));
  } else {
    fmt::print("{}", finding_text(finding));
  }
  return finding.value("cause", "") == "none" ? 0 : kTrouble;
}

Expected<int> status(const StatusOptions& options) {
  if (!options.why.empty()) return why(options);

  const Terminal terminal = options.json ? Terminal{} : Terminal::of_standard_output();
  auto daemon = connect(options.socket);
  if (!daemon) return fail(std::move(daemon.error()));
  for (;;) {
    const auto answer = daemon->ask({"status"});
    const auto report = report_in(answer);
    if (!report) return fail(report.error());
    const int code = show(*report, options, terminal);
    if (!options.watch || std::ferror(stdout) != 0) return code;
    std::this_thread::sleep_for(kWatchInterval);
  }
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
  const auto options = std::make_shared<StatusOptions>();  // shared: the options outlive this call
  CLI::App* command = app.add_subcommand(
      "status", "whether the running daemon is well (exit status 0: well, 3: trouble, 1: it cannot be asked)");
  add_socket_option(*command, options->socket);
  command->add_flag("--json", options->json, "one JSON object on a line");
  CLI::Option* watch = command->add_flag("--watch", options->watch, "again every two seconds");
  command->add_option("--why", options->why, "why nothing arrives: the first thing that is wrong, and the fix")
      ->type_name("PORT|FILTER|SINK")
      ->excludes(watch);
  command->callback([options, &action] { action = [options] { return status(*options); }; });
}

}  // namespace logsniffd::cli
