// The directory of a spool: its lock, and its segments by number ("0000000000000007.segment").
//
// Everything is opened below the directory's descriptor, 0600, and no symbolic link is followed. The lock is held as
// long as the object lives, and ends with the process: a spool has one owner at a time.
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

namespace logsniffd::spool {

class SpoolFolder {
 public:
  // Makes the directory if it is missing. An empty optional if somebody else has the lock.
  static Expected<std::optional<SpoolFolder>> open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int fd() const { return directory_.get(); }

  // In ascending order; files with other names are left alone.
  [[nodiscard]] Expected<std::vector<std::uint64_t>> segments() const;
  // Invalid, with errno, on failure. Only regular files are opened.
  [[nodiscard]] UniqueFd create(std::uint64_t segment) const;
  [[nodiscard]] UniqueFd open_segment(std::uint64_t segment) const;
  void remove(std::uint64_t segment) const;
  // Renames the segment to "0000000000000007.segment.aside", which is not taken for a segment. Returns false, with
  // errno, on failure.
  [[nodiscard]] bool set_aside(std::uint64_t segment) const;
  [[nodiscard]] std::uint64_t size_of(std::uint64_t segment) const;  // 0 if unknown
  // 0 if there is none.
  [[nodiscard]] std::uint64_t highest_aside() const;

 private:
  [[nodiscard]] Expected<std::vector<std::uint64_t>> numbers(std::string_view suffix) const;

  SpoolFolder(std::string path, UniqueFd directory) : path_(std::move(path)), directory_(std::move(directory)) {}

  std::string path_;
  UniqueFd directory_;
};

}  // namespace logsniffd::spool
