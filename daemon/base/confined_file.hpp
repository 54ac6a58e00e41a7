// Opens a log file below a directory that it cannot leave.
//
// The directory is the operator's and may be reached through symbolic links. Below it no link is followed (O_NOFOLLOW
// at every step), and only regular files are opened.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/base/time.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd {

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
  bool made = false;  // it did not exist before
};

struct OpenFailure {
  int error;            // errno
  std::string message;  // names the path and the fix
};

// REQUIRED: `path` is relative, and contains neither "." nor "..". Missing directories are made (0750), also those of
// `directory`; a new file gets exactly `mode`.
[[nodiscard]] tl::expected<ConfinedFile, OpenFailure> open_confined(const std::string& directory, std::string_view path,
                                                                    unsigned mode);

struct ParentDirectory {
  UniqueFd directory;  // O_PATH
  std::string name;    // of the file in that directory
};

// The directory of `path`, which has the form described for open_confined().
[[nodiscard]] tl::expected<ParentDirectory, OpenFailure> open_parent(const std::string& directory,
                                                                     std::string_view path);

// Whether the file has content that does not end with a LF.
[[nodiscard]] bool ends_torn(int fd);

// Brings the names in `directory` to the disk. If that fails, the kernel does so later.
void sync_directory(int directory);

// Makes `directory` if it is missing, and checks that files can be made in it.
[[nodiscard]] tl::expected<void, OpenFailure> prepare_directory(const std::string& directory);

// Nothing if the name no longer leads to this file: the open file was moved or deleted.
[[nodiscard]] std::optional<std::uint64_t> size_where_still_at(const FileIdentity& file, const std::string& path);

}  // namespace logsniffd
