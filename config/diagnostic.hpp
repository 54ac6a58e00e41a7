// One problem in a configuration file, as the operator reads it.
#pragma once

#include <string>
#include <vector>

#include "config/model.hpp"

namespace logsniffd::config {

enum class DiagnosticSeverity { error, warning };

struct Diagnostic {
  DiagnosticSeverity severity = DiagnosticSeverity::error;
  Mark mark;
  std::string key;      // "filters[0].port", "sinks.app-file.path"; may be empty (syntax errors)
  std::string message;  // what is wrong, and how to fix it

  // "/etc/logsniffd.yaml:12:9: filters[0].port: 70000 is not a valid port (1 to 65535)". Warnings have "warning: "
  // before the key. `unnamed` is the file of a text that was not read from one.
  [[nodiscard]] std::string to_string(const std::string& unnamed) const;
};

using Diagnostics = std::vector<Diagnostic>;

}  // namespace logsniffd::config
