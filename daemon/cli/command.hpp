// The commands of logsniffd, one file each: each reads its own options, and answers with the exit code of the process.
//
// Data goes to standard output, everything else to standard error. Errors reach main as Error and are printed there, a
// line each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "daemon/base/error.hpp"

namespace logsniffd::cli {

// What a command's options asked for, ready to run; empty as long as another command was chosen.
using Action = std::function<Expected<int>()>;

// Each adds its command to `app`; when it is chosen, `action` is set.
void add_run(CLI::App& app, Action& action);
void add_sniff(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_interfaces(CLI::App& app, Action& action);
void add_demo(CLI::App& app, Action& action);

// What argv asks for; usage errors and --help are answered here. The exit code.
[[nodiscard]] int main(int argc, char** argv);

}  // namespace logsniffd::cli
