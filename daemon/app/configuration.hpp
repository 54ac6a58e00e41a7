// Reads the configuration for a command, and reports everything that is wrong with it on standard error.
#pragma once

#include <functional>
#include <string>

#include "config/diagnostic.hpp"
#include "config/model.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::app {

inline constexpr const char* kDefaultConfig = "/etc/logsniffd.yaml";

using ProblemListener = std::function<void(const std::string& line, config::DiagnosticSeverity severity)>;
void print_problem(const std::string& line, config::DiagnosticSeverity severity);  // on standard error

// Every problem goes to `on_problem`, one line each. If there was an error, the result names the number of errors and
// the file (usage).
[[nodiscard]] Expected<config::Config> read_configuration(const std::string& path,
                                                          const ProblemListener& on_problem = print_problem);

}  // namespace logsniffd::app
