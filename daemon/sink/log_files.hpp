// The open files of one file sink, by their path below the fixed directory.
//
// THREAD  confined to the sink's worker.
// BOUNDS  at most kMaxOpen; the one that was not used for longest makes room, and has to be written before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/sink/confined_file.hpp"
#include "daemon/sink/line_output.hpp"

namespace logsniffd::sink {

struct LogFile {
  std::optional<LineOutput> output;  // absent: not open yet, or in trouble
  FileIdentity identity;
  PacketTime checked_at{};  // when it was last seen to be where its name is
  std::uint64_t last_used = 0;
  LineBlock block;  // what the current batch has for it
};

class LogFiles {
 public:
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
  Map files_;
  std::uint64_t uses_ = 0;
};

}  // namespace logsniffd::sink
