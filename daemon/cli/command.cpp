#include "daemon/cli/command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/version.hpp"
#include "daemon/base/nearest.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::cli {
namespace {

constexpr std::array<std::string_view, 2> kLater{"record", "fleet"};
constexpr int kUsage = 2;

int usage_error(const std::string& message) {
  fmt::print(stderr, "logsniffd: {}\n", message);
  return kUsage;
}

// CLI11 would only say that an argument was not expected.
std::optional<std::string> unknown_command(const CLI::App& application, int argc, char** argv) {
  if (argc < 2) return std::nullopt;
  const std::string_view word = argv[1];
  if (word.empty() || word.front() == '-') return std::nullopt;
  std::vector<std::string> names;
  for (const CLI::App* command : application.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), word) != names.end()) return std::nullopt;
  if (std::find(kLater.begin(), kLater.end(), word) != kLater.end()) {
    return fmt::format("{}: this version does not have this command yet; see logsniffd --help", word);
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  return fmt::format("{}: unknown command{}; see logsniffd --help", word, did_you_mean(word, known));
}

// If a standard descriptor is closed, the next file or socket that is opened would get its number, and be read or written
// in its place. So the number is given to a file with which that fails (EBADF).
void fill_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

void add_commands(CLI::App& app, Action& action) {
  add_run(app, action);
  add_sniff(app, action);
  add_learn(app, action);
  add_status(app, action);
  add_tap(app, action);
  add_top(app, action);
  add_remote(app, action);
  add_check(app, action);
  add_test(app, action);
  add_interfaces(app, action);
  add_demo(app, action);
}

int main(int argc, char** argv) {
  fill_standard_descriptors();
  loop::block_handled_signals();
  CLI::App application("Collects log messages from the wire: captures packets, reassembles streams, writes records.",
                       "logsniffd");
  application.set_version_flag("--version", std::string("logsniffd ") + app::kVersion);
  application.require_subcommand(0, 1);
  Action action;
  add_commands(application, action);
  if (const auto unknown = unknown_command(application, argc, argv)) return usage_error(*unknown);
  try {
    application.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return application.exit(asked);
  } catch (const CLI::ParseError& error) {
    return usage_error(std::string(error.what()) + "; see logsniffd --help");
  }
  const Expected<int> code = action();
  if (code) return *code;
  fmt::print(stderr, "logsniffd: {}\n", code.error().message());
  return code.error().exit_code();
}

}  // namespace logsniffd::cli
