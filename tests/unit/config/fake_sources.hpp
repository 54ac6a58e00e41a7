// Files and an environment that only a test has.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/sources.hpp"

namespace logsniffd::config {

class FakeSources final : public Sources {
 public:
  std::map<std::string, std::string> files;      // by path
  std::map<std::string, std::string> reasons;    // of paths that cannot be read
  std::map<std::string, std::string> variables;  // by name

  [[nodiscard]] Expected<std::string> read(const std::string& path, std::size_t limit) const override {
    const auto file = files.find(std::filesystem::path(path).lexically_normal());
    if (file != files.end()) return file->second.substr(0, limit + 1);
    const auto reason = reasons.find(path);
    return fail(Error::usage(reason != reasons.end() ? reason->second : "No such file or directory"));
  }

  // Backwards, because the order is not promised.
  [[nodiscard]] Expected<std::vector<std::string>> names_in(const std::string& folder) const override {
    if (const auto reason = reasons.find(folder); reason != reasons.end()) return fail(Error::usage(reason->second));
    std::vector<std::string> names;
    for (const auto& [path, unused] : files) {
      if (path.starts_with(folder + "/")) names.insert(names.begin(), path.substr(folder.size() + 1));
    }
    return names;
  }

  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override {
    const auto found = variables.find(name);
    return found != variables.end() ? std::optional(found->second) : std::nullopt;
  }
};

}  // namespace logsniffd::config
