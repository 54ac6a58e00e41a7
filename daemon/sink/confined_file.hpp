// Opens a log file below a directory that it cannot leave.
//
// The directory is the operator's: it may be reached over symbolic links. Below it nothing is followed (O_NOFOLLOW at
// every step), and what is opened is a regular file or is not opened at all.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/base/time.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::sink {

struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
};

struct ConfinedFile {
  UniqueFd fd;      // appends; flock LOCK_SH (compressed_copy.hpp)
  UniqueFd parent;  // O_PATH
  FileIdentity identity;
  std::uint64_t size = 0;
  PacketTime changed_at{};
  bool made = false;  // it was not there
  bool torn = false;  // it does not end with a LF
};

struct OpenFailure {
  int error;            // errno
  std::string message;  // names the path and the mend
};

// REQUIRED: `path` is relative, and without "." and "..". Missing directories are made (0750), also those of
// `directory`; a file that is made gets exactly `mode`.
[[nodiscard]] tl::expected<ConfinedFile, OpenFailure> open_confined(const std::string& directory, std::string_view path,
                                                                    unsigned mode);

struct ParentDirectory {
  UniqueFd directory;  // O_PATH
  std::string name;    // of the file in it
};

// The directory of `path`, as in open_confined().
[[nodiscard]] tl::expected<ParentDirectory, OpenFailure> open_parent(const std::string& directory,
                                                                     std::string_view path);

// Brings the names in `directory` to the disk; where that fails, it is only later.
void sync_directory(int directory);

// Makes `directory` where it is missing, and proves that files can be made in it.
[[nodiscard]] tl::expected<void, OpenFailure> prepare_directory(const std::string& directory);

// Nothing where the name leads to another file by now, or to none: the open one was moved or deleted.
[[nodiscard]] std::optional<std::uint64_t> size_where_still_at(const FileIdentity& file, const std::string& path);

}  // namespace logsniffd::sink
