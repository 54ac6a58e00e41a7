// What the commands that talk to a running daemon share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "daemon/control/client.hpp"

namespace logsniffd::cli {

// Connects to the daemon. From now on a signal ends this program, as usual.
[[nodiscard]] Expected<control::Connection> connect(const std::string& socket);

// The option --socket. `path` must outlive the command.
void add_socket_option(CLI::App& command, std::string& path);

}  // namespace logsniffd::cli
