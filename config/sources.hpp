// What a configuration takes from outside of its own text: other files and the environment. The loader asks nobody else,
// so tests and the fuzzer put something else in its place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/error.hpp"

namespace logsniffd::config {

// There is nothing outside.
class Sources {
 public:
  Sources() = default;
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  virtual ~Sources() = default;

  // The bytes of a regular file. A file with more than `limit` bytes gives some that are more than `limit`. Fails with
  // the reason alone, such as "Permission denied".
  [[nodiscard]] virtual Expected<std::string> read(const std::string& path, std::size_t limit) const;
  // The names in a folder, in any order; none if there is no such folder. Fails as read() does.
  [[nodiscard]] virtual Expected<std::vector<std::string>> names_in(const std::string& folder) const;
  // A variable of the environment.
  [[nodiscard]] virtual std::optional<std::string> variable(const std::string& name) const;
};

// This host, and the environment of this process.
class HostSources final : public Sources {
 public:
  [[nodiscard]] Expected<std::string> read(const std::string& path, std::size_t limit) const override;
  [[nodiscard]] Expected<std::vector<std::string>> names_in(const std::string& folder) const override;
  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override;
};

// Reads until the end, or until there are more than `limit` bytes. Fails with the reason alone.
[[nodiscard]] Expected<std::string> read_up_to(int fd, std::size_t limit);

}  // namespace logsniffd::config
