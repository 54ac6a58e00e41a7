// logsniffd check [--config FILE]: reports every problem of a configuration, and what will not work on this host.
#include <fmt/format.h>

#include "config/loader.hpp"
#include "daemon/app/configuration.hpp"
#include "daemon/app/host_check.hpp"
#include "daemon/cli/command.hpp"

namespace logsniffd::cli {
namespace {

Expected<int> check(const std::string& path) {
  auto config = app::read_configuration(path);
  if (!config) return fail(std::move(config.error()));
  for (const config::Diagnostic& warning : app::check_host(*config))
    fmt::print(stderr, "{}\n", warning.to_string(path));
  fmt::print("{}: valid\n", path);
  return 0;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  const auto path = std::make_shared<std::string>(app::kDefaultConfig);  // shared: the options outlive this call
  CLI::App* command =
      app.add_subcommand("check", "validate a configuration, and report what will not work on this host");
  command->add_option("-c,--config", *path, "the configuration file")->capture_default_str();
  command->callback([path, &action] { action = [path] { return check(*path); }; });
}

}  // namespace logsniffd::cli
