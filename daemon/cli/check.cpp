// logsniffd check [--config FILE] [--show-bpf]: reports every problem of a configuration and what will not work on this
// host, and says what the configuration will do.
#include <fmt/format.h>

#include "config/loader.hpp"
#include "daemon/app/configuration.hpp"
#include "daemon/app/explanation.hpp"
#include "daemon/app/host_check.hpp"
#include "daemon/cli/command.hpp"

namespace logsniffd::cli {
namespace {

struct CheckOptions {
  std::string path = app::kDefaultConfig;
  bool show_bpf = false;
};

Expected<int> check(const CheckOptions& options) {
  auto config = app::read_configuration(options.path);
  if (!config) return fail(std::move(config.error()));
  const app::Host host = app::look_at_host();
  for (const config::Diagnostic& warning : app::check_host(*config, host))
    fmt::print(stderr, "{}\n", warning.to_string(options.path));
  const auto explanation = app::explain(*config, options.path, host, options.show_bpf);
  if (!explanation) return fail(explanation.error());
  fmt::print("{}: valid\n\n{}", options.path, *explanation);
  return 0;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  const auto options = std::make_shared<CheckOptions>();  // shared: the options outlive this call
  CLI::App* command = app.add_subcommand(
      "check", "validate a configuration, say what it will do, and report what will not work on this host");
  command->add_option("-c,--config", options->path, "the configuration file")->capture_default_str();
  command->add_flag("--show-bpf", options->show_bpf, "also print the instructions of the kernel filter");
  command->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace logsniffd::cli
