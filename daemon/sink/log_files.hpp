// The open files of one file sink, by their path below the fixed directory.
//
// THREAD  confined to the sink's worker.
// BOUNDS  at most kMaxOpen; the one that was not used for longest makes room, and has to be written before.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "daemon/sink/log_file.hpp"

namespace logsniffd::sink {

class LogFiles {
 public:
  explicit LogFiles(LogFolder& folder) : folder_(folder) {}  // must outlive this

  static constexpr std::size_t kMaxOpen = 128;
  using Map = std::unordered_map<std::string, LogFile>;

  // Null where there is none of that name.
  [[nodiscard]] LogFile* find(const std::string& name);
  // The one that has to go before another can be added; null where there is room.
  [[nodiscard]] Map::value_type* surplus();
  // REQUIRED: surplus() is null, and find(name) as well. Valid until it is removed.
  LogFile& add(const std::string& name);
  void remove(Map::value_type& file) { files_.erase(std::string(file.first)); }
  void remove_all() { files_.clear(); }

  [[nodiscard]] bool empty() const { return files_.empty(); }
  [[nodiscard]] Map::iterator begin() { return files_.begin(); }
  [[nodiscard]] Map::iterator end() { return files_.end(); }

 private:
  LogFolder& folder_;
  Map files_;
  std::uint64_t uses_ = 0;
};

}  // namespace logsniffd::sink
