// Settles archives (archive.hpp) on a thread of its own, so that neither compression nor the removal of large files
// holds back the writing of lines.
//
// THREAD  ask() and take_error() on the sink's worker; the thread begins with the first ask() and ends with the object,
//         which interrupts what it does.
// BOUNDS  kMaxWaiting log files; one that waits already is not taken twice. What finds no room is not lost: an archive
//         is settled as a whole, with the next rotation or the next start.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "daemon/sink/archive.hpp"

namespace logsniffd::sink {

class Archivist {
 public:
  static constexpr std::size_t kMaxWaiting = 1024;
  static constexpr std::size_t kMaxKnown = 65536;

  struct Seams {
    std::function<PacketTime()> wall;  // any thread
    std::function<void()> rested;      // on the thread, whenever nothing waits any more; may be empty
  };

  Archivist(std::string directory, ArchiveRules rules, Seams seams)
      : directory_(std::move(directory)), rules_(std::move(rules)), seams_(std::move(seams)) {}

  // Soon: the archive of the log file `path` (below the directory).
  void ask(const std::string& path);
  // As ask(), where `path` was never asked for: what an earlier run left over is found when its file is first opened.
  // Beyond kMaxKnown files it waits for their next rotation.
  void ask_once(const std::string& path);
  // The latest trouble, once.
  [[nodiscard]] std::string take_error();

 private:
  void run(const std::stop_token& stop);

  std::string directory_;
  ArchiveRules rules_;
  Seams seams_;

  std::unordered_set<std::size_t> known_;  // hashes; the sink's worker alone

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any asked_;
  std::deque<std::string> waiting_;
  std::string error_;

  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace logsniffd::sink
