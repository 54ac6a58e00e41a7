// The files of one file sink, by their path below the fixed directory.
//
// A batch is first spread over the files that its records name, then they are written, those that are open before the
// others: so a file is opened at most once a batch, however many there are.
//
// THREAD  confined to the sink's worker.
// BOUNDS  at most kMaxOpen are open, and after forget_closed() there are no others; the one that was not used for
// longest
//         makes room. kMaxWaiting more may have lines of the current batch.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/sink/log_file.hpp"

namespace logsniffd::sink {

class LogFiles {
 public:
  explicit LogFiles(LogFolder& folder) : folder_(folder) {}  // must outlive this

  static constexpr std::size_t kMaxOpen = 128;
  static constexpr std::size_t kMaxWaiting = 1024;
  using Map = std::unordered_map<std::string, LogFile>;

  // Known or new. Valid until it is forgotten. REQUIRED for a new one: not crowded().
  LogFile& named(const std::string& name);
  // Its lines have to be written before there can be another.
  [[nodiscard]] bool crowded() const { return files_.size() >= kMaxOpen + kMaxWaiting; }

  // Those whose block has lines, in the order in which they are to be written. Valid until the next call.
  [[nodiscard]] std::span<LogFile* const> with_lines();
  // Before one of with_lines() is written: where it has to be opened, and too many are open, another is closed.
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
  std::vector<LogFile*> to_close_;  // open ones, the first goes first
  std::size_t closed_ = 0;          // of these
};

}  // namespace logsniffd::sink
