// What the commands that talk to a running daemon share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "config/model.hpp"
#include "daemon/control/client.hpp"

namespace logsniffd::cli {

// Connects to the daemon. From now on a signal ends this program, as usual.
[[nodiscard]] Expected<control::Connection> connect(const std::string& socket);

// The option --socket. `path` must outlive the command.
void add_socket_option(CLI::App& command, std::string& path);

// The exit status if records are being lost, or something does not work.
inline constexpr int kTrouble = 3;

// The report in the answer to `status`.
[[nodiscard]] Expected<control::Json> report_in(const Expected<control::Json>& answer);
// 0: the daemon is well; kTrouble: it is not.
[[nodiscard]] int exit_code_of(const control::Json& report);

}  // namespace logsniffd::cli
