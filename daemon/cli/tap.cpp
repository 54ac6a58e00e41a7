// logsniffd tap [FILTER...]: the records of the running daemon, live.
#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <cstdio>

#include "daemon/cli/command.hpp"
#include "daemon/cli/remote.hpp"
#include "daemon/cli/sniff_options.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kForever = std::chrono::hours(24 * 365);

struct TapOptions {
  std::string socket = config::Daemon().control;
  std::vector<std::string> filters;
  bool dropped = false;
  std::string match;
  std::string format = "text";
  std::uint64_t count = 0;  // 0: no end
  std::string duration;
};

std::string member(const control::Json& line, const char* name) { return line.value(name, std::string()); }

// Returns whether the line was a record.
bool print_line(const control::Json& line) {
  if (const std::string missed = member(line, "missed"); !missed.empty()) {
    fmt::print(stderr, "logsniffd: this tap was too slow: {}\n", missed);
    return false;
  }
  std::string text = member(line, "text");
  if (const std::string base64 = member(line, "base64"); !base64.empty()) absl::Base64Unescape(base64, &text);
  if (const std::string reason = member(line, "reason"); !reason.empty()) {
    text += fmt::format("  [dropped by {}: {}, {}]", reason, member(line, "by"), member(line, "place"));
  }
  fmt::print("{}\n", text);
  return true;
}

Expected<int> follow(control::Connection& daemon, const TapOptions& options, Duration at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (std::uint64_t shown = 0; options.count == 0 || shown < options.count;) {
    if (!daemon.has_line()) std::fflush(stdout);
    if (std::ferror(stdout) != 0) return 0;  // nobody reads on
    const auto line = daemon.next_line(until - std::chrono::steady_clock::now());
    if (!line) return fail(line.error());
    if (!*line) return 0;  // the time is up
    const control::Json json = control::Json::parse(**line, nullptr, false);
    if (!json.is_object()) return fail(Error::runtime("the daemon sends what is not in the protocol of this program"));
    if (print_line(json)) ++shown;
  }
  return 0;
}

Expected<int> tap(const TapOptions& options) {
  const auto duration = duration_of(options.duration);
  if (!duration) return fail(duration.error());
  auto daemon = connect(options.socket);
  if (!daemon) return fail(std::move(daemon.error()));
  control::Json arguments{{"format", options.format}, {"dropped", options.dropped}};
  if (!options.filters.empty()) arguments["filters"] = options.filters;
  if (!options.match.empty()) arguments["match"] = options.match;
  if (const auto begun = daemon->ask({"tap", arguments}); !begun) return fail(begun.error());
  return follow(*daemon, options, duration->value_or(kForever));
}

}  // namespace

void add_tap(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TapOptions>();  // shared: the options outlive this call
  CLI::App* command = app.add_subcommand("tap", "show the records of the running daemon, live");
  add_socket_option(*command, options->socket);
  command->add_option("filter", options->filters, "only records of these filters");
  command->add_flag("--dropped", options->dropped, "instead the records that are thrown away, and why");
  command->add_option("--match", options->match, "only records in which this is found")->type_name("RE2");
  command->add_option("--format", options->format, "text, json, raw or a template")->capture_default_str();
  command->add_option("--count", options->count, "stop after this many records")->check(CLI::PositiveNumber);
  command->add_option("--duration", options->duration, "stop after this time, such as 10s");
  command->callback([options, &action] { action = [options] { return tap(*options); }; });
}

}  // namespace logsniffd::cli
