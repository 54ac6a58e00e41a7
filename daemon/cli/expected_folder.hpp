// A folder with what each sink is expected to write: one file for each sink, with its name. Files whose names begin with
// '.', which no sink's name does, are ignored.
//
// Everything is opened before the capture is read: afterwards the process may lack the privileges for it.
//
// BOUNDS  holds all files, each of at most kLargest bytes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::cli {

class ExpectedFolder {
 public:
  static constexpr std::size_t kLargest = 64 << 20;

  // `update`: makes the folder, and the file of each sink, if they do not exist.
  static Expected<ExpectedFolder> open(const std::string& path, const std::vector<std::string>& sinks, bool update);

  // What the sink is expected to write; nullopt: there was no file for it. REQUIRED: `sink` is one of open().
  [[nodiscard]] const std::optional<std::string>& text_for(const std::string& sink) const {
    return files_.at(sink).text;
  }
  // The names of files that belong to no sink, sorted.
  [[nodiscard]] const std::vector<std::string>& strangers() const { return strangers_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  // "FOLDER/NAME"
  [[nodiscard]] std::string path_of(const std::string& name) const {
    return path_ + (path_.ends_with('/') ? "" : "/") + name;
  }

  // Replaces what the sink is expected to write. REQUIRED: it was opened with `update`.
  [[nodiscard]] Status replace(const std::string& sink, std::string_view text);

 private:
  struct File {
    UniqueFd fd;  // with `update` only
    std::optional<std::string> text;
  };

  explicit ExpectedFolder(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Status open_files(const std::vector<std::string>& sinks, bool update);
  [[nodiscard]] Status find_strangers();
  [[nodiscard]] Expected<File> open_file(const std::string& name, bool update) const;

  std::string path_;
  std::map<std::string, File> files_;  // by sink
  std::vector<std::string> strangers_;
};

// The whole of an open file. Fails if it has more than ExpectedFolder::kLargest bytes.
[[nodiscard]] Expected<std::string> read_whole(int fd, const std::string& name);

}  // namespace logsniffd::cli
