// logsniffd reload, reopen, log-level LEVEL: tell the running daemon what to do.
#include "daemon/cli/remote.hpp"

#include <fmt/format.h>

#include "config/model.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::cli {
namespace {

// A reload may have to wait until sinks that an earlier one removed have left.
constexpr Duration kReloadWithin = std::chrono::minutes(1);

struct RemoteOptions {
  std::string socket = config::Daemon().control;
  std::string level;
};

Expected<control::Json> ask(const std::string& socket, const control::Request& request,
                            Duration within = control::kAnswerWithin) {
  auto connection = connect(socket);
  if (!connection) return fail(std::move(connection.error()));
  return connection->ask(request, within);
}

Expected<int> reload(const RemoteOptions& options) {
  const auto answer = ask(options.socket, {"reload"}, kReloadWithin);
  if (!answer) return fail(answer.error());
  for (const control::Json& problem : answer->value("problems", control::Json::array())) {
    fmt::print(stderr, "{}\n", problem.is_string() ? problem.get<std::string>() : problem.dump());
  }
  if (!answer->value("reloaded", false)) {
    fmt::print(stderr, "logsniffd: reload failed, the previous configuration keeps running: {}\n",
               answer->value("failure", ""));
    return answer->value("exit_status", 1);
  }
  fmt::print("reloaded; the configuration is number {} since the start\n", answer->value("generation", 0));
  return 0;
}

Expected<int> tell(const std::string& socket, const control::Request& request) {
  const auto answer = ask(socket, request);
  if (!answer) return fail(answer.error());
  return 0;
}

}  // namespace

Expected<control::Connection> connect(const std::string& socket) {
  loop::release_handled_signals();
  return control::Connection::open(socket);
}

void add_socket_option(CLI::App& command, std::string& path) {
  command.add_option("--socket", path, "the control socket of the daemon")->capture_default_str()->type_name("PATH");
}

Expected<control::Json> report_in(const Expected<control::Json>& answer) {
  if (!answer) return answer;
  const auto report = answer->find("report");
  if (report == answer->end() || !report->is_object()) return fail(Error::runtime("the daemon's answer has no report"));
  return *report;
}

int exit_code_of(const control::Json& report) { return report.value("status", "") == "well" ? 0 : kTrouble; }

void add_remote(CLI::App& app, Action& action) {
  const auto options = std::make_shared<RemoteOptions>();  // shared: the options outlive this call
  CLI::App* command =
      app.add_subcommand("reload", "have the daemon read its configuration again, and say what it decided");
  add_socket_option(*command, options->socket);
  command->callback([options, &action] { action = [options] { return reload(*options); }; });

  command = app.add_subcommand("reopen", "have the daemon open the targets of its sinks again");
  add_socket_option(*command, options->socket);
  command->callback([options, &action] { action = [options] { return tell(options->socket, {"reopen"}); }; });

  command = app.add_subcommand("log-level", "set how much the daemon says about itself, until the next reload");
  add_socket_option(*command, options->socket);
  command->add_option("level", options->level, "debug, info, warning or error")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(config::kLogLevels.begin(), config::kLogLevels.end())));
  command->callback([options, &action] {
    action = [options] { return tell(options->socket, {"log-level", {{"level", options->level}}}); };
  });
}

}  // namespace logsniffd::cli
