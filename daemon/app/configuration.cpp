#include "daemon/app/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "config/loader.hpp"

namespace logsniffd::app {

Expected<config::Config> read_configuration(const std::string& path) {
  auto loaded = config::load_file(path);
  if (!loaded) return fail(std::move(loaded.error()));
  for (const config::Diagnostic& problem : loaded->problems) fmt::print(stderr, "{}\n", problem.to_string(path));
  if (loaded->ok()) return std::move(loaded->config);
  const auto errors = std::count_if(loaded->problems.begin(), loaded->problems.end(), [](const config::Diagnostic& d) {
    return d.severity == config::DiagnosticSeverity::error;
  });
  return fail(Error::usage(fmt::format("{}: {} error{}, see above", path, errors, errors == 1 ? "" : "s")));
}

}  // namespace logsniffd::app
