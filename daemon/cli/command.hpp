// The commands of logsniffd, one file each. Each command reads its own options, and returns the exit code of
// the process.
//
// Data goes to standard output, everything else to standard error. Errors reach main as Error and are printed there,
// one per line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "daemon/base/error.hpp"

namespace logsniffd::cli {

// What the options of the chosen command request, ready to run.
using Action = std::function<Expected<int>()>;

// Adds every command to `app`. The one that is chosen sets `action`; until then `action` is that of `run`.
void add_commands(CLI::App& app, Action& action);

// Each adds its command, or commands.
void add_run(CLI::App& app, Action& action);
void add_sniff(CLI::App& app, Action& action);
void add_learn(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_test(CLI::App& app, Action& action);
void add_interfaces(CLI::App& app, Action& action);
void add_demo(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_tap(CLI::App& app, Action& action);
void add_top(CLI::App& app, Action& action);
void add_remote(CLI::App& app, Action& action);  // reload, reopen, log-level

// Runs what argv requests, and returns the exit code. Usage errors and --help are handled here.
[[nodiscard]] int main(int argc, char** argv);

}  // namespace logsniffd::cli
