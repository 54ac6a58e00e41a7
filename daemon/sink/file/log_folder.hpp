// What the files of one file sink share: their directory, the rules for them, and the place where they report errors.
//
// THREAD  confined to the sink's worker, except the archivist's own thread.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "daemon/sink/file/archivist.hpp"
#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/local_periods.hpp"

namespace logsniffd::sink::file {

struct LogFolder {
  std::string directory;
  unsigned mode = 0640;
  std::optional<std::uint64_t> size;    // rotate before a file grows beyond it
  std::optional<LocalPeriods> periods;  // rotate when one is over
  SyncPolicy sync = SyncPolicy::never;
  FileTiming timing;
  std::optional<Archivist> archivist;  // present if files are rotated
  SinkCounters& counters;
  std::string error = {};  // the latest

  [[nodiscard]] std::string full_path(const std::string& name) const {
    return fmt::format("{}/{}", directory == "/" ? "" : directory, name);
  }
};

}  // namespace logsniffd::sink::file
