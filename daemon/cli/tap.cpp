// logsniffd tap [FILTER...]: the records of the running daemon, its streams or its packets, live.
#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <cstdio>

#include "daemon/cli/command.hpp"
#include "daemon/cli/hex_dump.hpp"
#include "daemon/cli/remote.hpp"
#include "daemon/cli/sniff_options.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kForever = std::chrono::hours(24 * 365);

struct TapOptions {
  std::string socket = config::Daemon().control;
  std::vector<std::string> filters;
  bool dropped = false;
  std::string at = "record";
  bool hex = false;
  std::string match;
  std::string format = "text";
  std::uint64_t count = 0;  // 0: no end
  std::string duration;
};

std::string member(const control::Json& line, const char* name) { return line.value(name, std::string()); }

// The bytes of a line (-x): below it or, in JSON, as a member.
void append_payload(const control::Json& line, bool json, std::string& text) {
  const std::string base64 = member(line, "payload");
  if (base64.empty()) return;
  control::Json object = json ? control::Json::parse(text, nullptr, false) : control::Json();
  if (object.is_object()) {
    object["payload"] = base64;
    text = object.dump();
    return;
  }
  std::string bytes;
  absl::Base64Unescape(base64, &bytes);
  text += '\n';
  append_hex_lines(as_bytes(bytes), text);
  if (const auto more = line.value("more", std::uint64_t{0}); more > 0) text += fmt::format("({} bytes more)\n", more);
  text.pop_back();  // the line feed
}

// Returns whether the line was a record or an event.
bool print_line(const control::Json& line, const TapOptions& options) {
  if (const std::string missed = member(line, "missed"); !missed.empty()) {
    fmt::print(stderr, "logsniffd: this tap was too slow: {}\n", missed);
    return false;
  }
  std::string text = member(line, "text");
  if (const std::string base64 = member(line, "base64"); !base64.empty()) absl::Base64Unescape(base64, &text);
  if (const std::string reason = member(line, "reason"); !reason.empty()) {
    const std::string place = member(line, "place");
    text += fmt::format("  [dropped by {}: {}{}{}]", reason, member(line, "by"), place.empty() ? "" : ", ", place);
  }
  append_payload(line, options.format == "json", text);
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
    if (print_line(json, options)) ++shown;
  }
  return 0;
}

Expected<int> tap(const TapOptions& options) {
  const auto duration = duration_of(options.duration);
  if (!duration) return fail(duration.error());
  auto daemon = connect(options.socket);
  if (!daemon) return fail(std::move(daemon.error()));
  control::Json arguments{
      {"format", options.format}, {"dropped", options.dropped}, {"at", options.at}, {"payload", options.hex}};
  if (!options.filters.empty()) arguments["filters"] = options.filters;
  if (!options.match.empty()) arguments["match"] = options.match;
  const auto begun = daemon->ask({"tap", arguments});
  if (!begun) return fail(begun.error());
  if (!begun->contains("at") && (options.hex || options.at != "record")) {
    return fail(Error::runtime("the daemon is older than this program, and does not know --at and -x; restart it"));
  }
  return follow(*daemon, options, duration->value_or(kForever));
}

}  // namespace

void add_tap(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TapOptions>();  // shared: the options outlive this call
  CLI::App* command = app.add_subcommand("tap", "show what flows through the running daemon, live");
  add_socket_option(*command, options->socket);
  command->add_option("filter", options->filters, "only what these filters want");
  command->add_option("--at", options->at, "what is shown: packet, stream or record")
      ->check(CLI::IsMember(record_path::kTapPointNames))
      ->capture_default_str();
  command->add_flag("-x,--hex", options->hex, "the bytes as well, in hex");
  command->add_flag("--dropped", options->dropped, "instead what is thrown away, and why");
  command->add_option("--match", options->match, "only what this is found in")->type_name("RE2");
  command->add_option("--format", options->format, "text, json or, for records, raw or a template")
      ->capture_default_str();
  command->add_option("--count", options->count, "stop after this many records or events")->check(CLI::PositiveNumber);
  command->add_option("--duration", options->duration, "stop after this time, such as 10s");
  command->callback([options, &action] { action = [options] { return tap(*options); }; });
}

}  // namespace logsniffd::cli
