// Reads the configuration for a command, and reports everything that is wrong with it on standard error.
#pragma once

#include <string>

#include "config/model.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::app {

inline constexpr const char* kDefaultConfig = "/etc/logsniffd.yaml";

// Every problem goes to standard error, one line each. If there was an error, the result names the number of errors and
// the file (usage).
[[nodiscard]] Expected<config::Config> read_configuration(const std::string& path);

}  // namespace logsniffd::app
