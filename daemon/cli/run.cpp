// logsniffd [run] [--config FILE]: the daemon, in the foreground, as systemd expects it. The default command.
#include "daemon/app/configuration.hpp"
#include "daemon/app/daemon.hpp"
#include "daemon/cli/command.hpp"

namespace logsniffd::cli {

void add_run(CLI::App& app, Action& action) {
  const auto config = std::make_shared<std::string>(app::kDefaultConfig);  // shared: the options outlive this call
  app.add_option("-c,--config", *config, "the configuration file")->capture_default_str();
  CLI::App* run = app.add_subcommand("run", "run the daemon in the foreground (the default)");
  run->add_option("-c,--config", *config, "the configuration file")->capture_default_str();
  action = [config] { return app::run_daemon(*config); };
}

}  // namespace logsniffd::cli
