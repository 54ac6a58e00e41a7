// The directory of a spool: its lock, and its segments by number ("0000000000000007.segment").
//
// Everything is opened below the directory's descriptor, 0600, and no symbolic link is followed. The lock lasts as long
// as the object, whatever becomes of the process: there is one owner of a spool at a time.
//
// THREAD  confined to the sink's worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::sink {

class SpoolFolder {
 public:
  // Makes the directory where it is missing. An empty optional where somebody else has the lock.
  static Expected<std::optional<SpoolFolder>> open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int fd() const { return directory_.get(); }

  // In ascending order; files of other names are left alone.
  [[nodiscard]] Expected<std::vector<std::uint64_t>> segments() const;
  // Invalid, with errno, where they fail. What is opened is a regular file.
  [[nodiscard]] UniqueFd create(std::uint64_t segment) const;
  [[nodiscard]] UniqueFd open_segment(std::uint64_t segment) const;
  void remove(std::uint64_t segment) const;
  // Gives it the name "0000000000000007.segment.aside", under which nobody looks for a segment. False, with errno,
  // where that fails.
  [[nodiscard]] bool set_aside(std::uint64_t segment) const;
  [[nodiscard]] std::uint64_t size_of(std::uint64_t segment) const;  // 0 where nobody knows
  // 0 where there is none.
  [[nodiscard]] std::uint64_t highest_aside() const;

 private:
  [[nodiscard]] Expected<std::vector<std::uint64_t>> numbers(std::string_view suffix) const;

  SpoolFolder(std::string path, UniqueFd directory) : path_(std::move(path)), directory_(std::move(directory)) {}

  std::string path_;
  UniqueFd directory_;
};

}  // namespace logsniffd::sink
