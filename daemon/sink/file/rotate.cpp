#include "daemon/sink/file/rotate.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/base/rename.hpp"

namespace logsniffd::sink::file {
namespace {

constexpr int kTries = 1000;  // taken names that are tried, one after the other

tl::unexpected<OpenFailure> failure(const std::string& directory, const std::string& path, int error) {
  return tl::unexpected<OpenFailure>({error, fmt::format("renaming {}/{}: {}", directory, path, std::strerror(error))});
}

// True also if only its compressed form exists.
bool is_taken(int parent, const std::string& rotated) {
  struct stat status {};
  for (const Compression form : {Compression::none, Compression::gzip, Compression::zstd}) {
    const std::string name = rotated + std::string(suffix_of(form));
    if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return true;
  }
  return false;
}

}  // namespace

tl::expected<MovedAside, OpenFailure> move_aside(const std::string& directory, const std::string& path,
                                                 const FileIdentity& file, Stamp after, PacketTime now) {
  using std::chrono::milliseconds;
  auto folder = open_parent(directory, path);
  if (!folder) return tl::unexpected<OpenFailure>(std::move(folder.error()));
  struct stat named {};
  const bool there = ::fstatat(folder->directory.get(), folder->name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0;
  if (!there || named.st_dev != file.device || named.st_ino != file.inode)
    return failure(directory, path, kMovedAlready);

  MovedAside moved{std::move(folder->directory), std::move(folder->name), {}, {}};
  moved.stamp = std::max(std::chrono::floor<milliseconds>(now), after + milliseconds(1));
  for (int tries = 0; tries < kTries; ++tries, moved.stamp += milliseconds(1)) {
    moved.rotated = rotated_name(moved.name, moved.stamp);
    if (is_taken(moved.parent.get(), moved.rotated)) continue;
    if (rename_new(moved.parent.get(), moved.name, moved.parent.get(), moved.rotated) == 0) return moved;
    if (errno != EEXIST) return failure(directory, path, errno);
  }
  return failure(directory, path, EEXIST);
}

bool move_back(const MovedAside& moved) {
  return rename_new(moved.parent.get(), moved.rotated, moved.parent.get(), moved.name) == 0;
}

}  // namespace logsniffd::sink::file
