// The files of one file sink, by their path below the fixed directory.
//
// A batch is first distributed over the files that its records name, then the files are written, open files first. So a
// file is opened at most once per batch, however many files there are.
//
// THREAD  confined to the sink's worker.
// BOUNDS  at most kMaxOpen are open; the least recently used one makes room. forget_closed() leaves only open files.
//         kMaxWaiting more may hold lines of the current batch.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/sink/file/log_file.hpp"

namespace logsniffd::sink::file {

class OpenFiles {
 public:
  explicit OpenFiles(LogFolder& folder) : folder_(folder) {}  // must outlive this

  static constexpr std::size_t kMaxOpen = 128;
  static constexpr std::size_t kMaxWaiting = 1024;
  using Map = std::unordered_map<std::string, LogFile>;

  // A known file or a new one. Valid until it is forgotten. REQUIRED for a new one: not crowded().
  LogFile& named(const std::string& name);
  // If true, lines must be written before another file can be added.
  [[nodiscard]] bool crowded() const { return files_.size() >= kMaxOpen + kMaxWaiting; }

  // The files whose block has lines, in the order in which they are to be written. Valid until the next call.
  [[nodiscard]] std::span<LogFile* const> with_lines();
  // Call before one of with_lines() is written: if it has to be opened and too many files are open, another is closed.
  void make_room_for(LogFile& file);
  void forget_closed();
  void forget_all() { files_.clear(); }

  [[nodiscard]] bool empty() const { return files_.empty(); }
  [[nodiscard]] Map::iterator begin() { return files_.begin(); }
  [[nodiscard]] Map::iterator end() { return files_.end(); }

 private:
  void queue_for_closing();

  LogFolder& folder_;
  Map files_;
  std::uint64_t uses_ = 0;
  std::vector<LogFile*> with_lines_;
  std::vector<LogFile*> to_close_;  // open files; the first is closed first
  std::size_t closed_ = 0;          // how many of these are closed
};

}  // namespace logsniffd::sink::file
