// Settles archives (archive.hpp) on its own thread, so that neither compression nor the removal of large files delays
// the writing of lines.
//
// THREAD  ask() and take_error() run on the sink's worker. The thread starts with the first ask() and ends with the
//         object, which interrupts the work in progress.
// BOUNDS  kMaxWaiting log files; a file that already waits is not queued twice. A request that finds no room is not
//         lost: an archive is settled as a whole, with the next rotation or the next start.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "daemon/sink/file/archive.hpp"

namespace logsniffd::sink::file {

class Archivist {
 public:
  static constexpr std::size_t kMaxWaiting = 1024;
  static constexpr std::size_t kMaxKnown = 65536;

  struct Seams {
    std::function<PacketTime()> wall;  // any thread
    std::function<void()> rested;      // on the thread, whenever nothing waits any more; may be empty
  };

  Archivist(std::string directory, const ArchiveRules& rules, Seams seams)
      : directory_(std::move(directory)), rules_(rules), seams_(std::move(seams)) {}

  // Settles the archive of the log file `path` (below the directory) soon.
  void ask(const std::string& path);
  // Like ask(), but only once for each `path`: this finds the temporary files of an earlier run when the file is first
  // opened. Beyond kMaxKnown files, they wait for the next rotation.
  void ask_once(const std::string& path);
  // Returns the latest error and clears it.
  [[nodiscard]] std::string take_error();

 private:
  void run(const std::stop_token& stop);

  std::string directory_;
  ArchiveRules rules_;
  Seams seams_;

  std::unordered_set<std::size_t> known_;  // hashes; used by the sink's worker only

  std::mutex mutex_;  // guards the members below
  std::condition_variable_any asked_;
  std::deque<std::string> waiting_;
  std::string error_;

  std::jthread thread_;  // last: it ends before the members that it uses
};

}  // namespace logsniffd::sink::file
