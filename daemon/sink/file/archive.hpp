// The rotated files of a log file: which of them are kept, and in which form.
//
// Only regular files whose names are exactly those of this log file's rotations are ever touched.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/base/time.hpp"
#include "daemon/sink/file/rotated_name.hpp"

namespace logsniffd::sink::file {

struct ArchiveRules {
  std::uint64_t keep = 7;                 // for each log file; at least 1
  std::optional<Duration> keep_for = {};  // since the rotation
  Compression compression = Compression::none;

  bool operator==(const ArchiveRules&) const = default;
};

// Removes the temporary files of killed runs and the rotated files beyond the rules, then compresses the others, the
// oldest first. `path` is the path of the log file below `directory` (confined_file.hpp). Returns what went wrong, with
// the name of the file; empty if nothing went wrong or if it was stopped.
[[nodiscard]] std::string settle_archive(const std::string& directory, const std::string& path,
                                         const ArchiveRules& rules, PacketTime now, const std::stop_token& stop);

}  // namespace logsniffd::sink::file
