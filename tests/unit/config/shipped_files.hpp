// The files that are installed, for the tests that compare them with the code.
#pragma once

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace logsniffd::config {

inline const std::filesystem::path kConfigDir = LOGSNIFFD_CONFIG_DIR;
inline const std::filesystem::path kDocsDir = LOGSNIFFD_DOCS_DIR;

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// "#key: value" is a key in a comment, "# words" is prose.
inline std::string uncommented(std::string yaml) {
  RE2::GlobalReplace(&yaml, "(?m)^( *)#([^ \n])", "\\1\\2");
  return yaml;
}

}  // namespace logsniffd::config
