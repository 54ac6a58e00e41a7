#include "daemon/app/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "config/loader.hpp"

namespace logsniffd::app {

void print_problem(const std::string& line, config::DiagnosticSeverity) { fmt::print(stderr, "{}\n", line); }

Expected<config::Config> read_configuration(const std::string& path, const ProblemListener& on_problem) {
  auto loaded = config::load_file(path);
  if (!loaded) return fail(std::move(loaded.error()));
  for (const config::Diagnostic& problem : loaded->problems) on_problem(problem.to_string(path), problem.severity);
  if (loaded->ok()) return std::move(loaded->config);
  const auto errors = std::count_if(loaded->problems.begin(), loaded->problems.end(), [](const config::Diagnostic& d) {
    return d.severity == config::DiagnosticSeverity::error;
  });
  return fail(Error::usage(fmt::format("{}: {} error{}, see above", path, errors, errors == 1 ? "" : "s")));
}

}  // namespace logsniffd::app
