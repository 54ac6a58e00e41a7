// From YAML text to a valid Config, or to every problem that it has. Only document.cpp sees yaml-cpp, and no exception
// leaves it.
#pragma once

#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/model.hpp"
#include "config/sources.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::config {

struct LoadResult {
  Config config;         // meaningful if `problems` holds no error
  Diagnostics problems;  // in the order of the files

  [[nodiscard]] bool ok() const;  // no error (warnings are fine)
};

// Parses and validates. `path` is the file of the text, to which `include` is relative. Bounded: texts over 4 MiB and
// nesting over 64 levels are refused.
[[nodiscard]] LoadResult load(std::string_view yaml, const std::string& path = "", const Sources& sources = Sources());

// Reads the file first, and takes what it refers to from this host. Fails (ErrorKind::usage) with the fix if the file cannot be read.
[[nodiscard]] Expected<LoadResult> load_file(const std::string& path);

}  // namespace logsniffd::config
