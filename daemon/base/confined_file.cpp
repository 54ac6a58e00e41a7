#include "daemon/base/confined_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace logsniffd {
namespace {

constexpr mode_t kDirectoryMode = 0750;
constexpr int kFileFlags = O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
constexpr int kOpenTries = 16;
constexpr int kNotRegular = EINVAL;  // our own: no open(2) of a file below fails with it

std::string_view hint(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "; make the directory writable by the user that runs logsniffd";
    case EROFS:
      return "; it is read-only, or the unit does not allow writing there (ReadWritePaths=)";
    case ENOSPC:
    case EDQUOT:
      return "; free some space";
    case ELOOP:
    case ENOTDIR:
      return "; a file or a symbolic link is in the way (symbolic links are not followed): use the real path";
    case EISDIR:
    case ENXIO:
    case kNotRegular:
      return "; logsniffd writes only to regular files";
    default:
      return "";
  }
}

tl::unexpected<OpenFailure> failure(const std::string& path, int error) {
  const std::string_view what = error == kNotRegular ? "not a regular file" : std::strerror(error);
  return tl::unexpected<OpenFailure>({error, fmt::format("{}: {}{}", path, what, hint(error))});
}

// Takes one step down; makes the directory if it is missing. Invalid, with errno, on failure.
UniqueFd step_into(int parent, const std::string& name, int extra_flags) {
  const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC | extra_flags;
  UniqueFd fd(::openat(parent, name.c_str(), flags));
  if (fd.valid() || errno != ENOENT) return fd;
  if (::mkdirat(parent, name.c_str(), kDirectoryMode) != 0 && errno != EEXIST) return fd;
  return UniqueFd(::openat(parent, name.c_str(), flags));
}

// Follows `path` down from `from`, component by component.
UniqueFd walk(UniqueFd from, std::string_view path, int extra_flags) {
  while (from.valid() && !path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string component(path.substr(0, slash));
    if (!component.empty()) from = step_into(from.get(), component, extra_flags);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return from;
}

UniqueFd open_directory(const std::string& directory) {
  return walk(UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), directory, 0);
}

// Readable too if that is allowed, so that the last byte can be checked.
UniqueFd open_existing(int parent, const char* name) {
  UniqueFd fd(::openat(parent, name, O_RDWR | kFileFlags));
  if (!fd.valid() && errno == EACCES) fd.reset(::openat(parent, name, O_WRONLY | kFileFlags));
  return fd;
}

UniqueFd open_or_make(int parent, const char* name, unsigned mode, bool& made) {
  UniqueFd fd = open_existing(parent, name);
  if (fd.valid() || errno != ENOENT) return fd;
  fd.reset(::openat(parent, name, O_RDWR | O_CREAT | O_EXCL | kFileFlags, mode));
  if (!fd.valid() && errno == EEXIST) return open_existing(parent, name);  // somebody was faster
  made = fd.valid();
  if (made) ::fchmod(fd.get(), mode);  // the configured mode, whatever the umask; on failure it is only narrower
  return fd;
}

std::string full_path(const std::string& directory, std::string_view path) {
  return fmt::format("{}/{}", directory == "/" ? "" : directory, path);
}

bool is(const FileIdentity& file, const struct stat& status) {
  return status.st_dev == file.device && status.st_ino == file.inode;
}

bool leads_to(int parent, const std::string& name, const FileIdentity& file) {
  struct stat named {};
  return ::fstatat(parent, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && is(file, named);
}

}  // namespace

tl::expected<ParentDirectory, OpenFailure> open_parent(const std::string& directory, std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const bool nested = slash != std::string_view::npos;
  UniqueFd parent = open_directory(directory);
  if (parent.valid() && nested) parent = walk(std::move(parent), path.substr(0, slash), O_NOFOLLOW);
  if (!parent.valid()) return failure(full_path(directory, path), errno);
  return ParentDirectory{std::move(parent), std::string(nested ? path.substr(slash + 1) : path)};
}

tl::expected<ConfinedFile, OpenFailure> open_confined(const std::string& directory, std::string_view path,
                                                      unsigned mode) {
  auto parent = open_parent(directory, path);
  if (!parent) return tl::unexpected<OpenFailure>(std::move(parent.error()));
  const std::string whole = full_path(directory, path);
  for (int tries = 0;; ++tries) {
    ConfinedFile file;
    file.fd = open_or_make(parent->directory.get(), parent->name.c_str(), mode, file.made);
    if (!file.fd.valid() && errno == ENOENT && tries < kOpenTries) continue;  // another made it and moved it away
    if (!file.fd.valid()) return failure(whole, errno);
    struct stat status {};
    if (::fstat(file.fd.get(), &status) != 0) return failure(whole, errno);
    if (!S_ISREG(status.st_mode)) return failure(whole, kNotRegular);
    file.identity = {status.st_dev, status.st_ino};
    // Between opening and locking, another may have rotated and even compressed it.
    const bool locked = ::flock(file.fd.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if ((!locked || !leads_to(parent->directory.get(), parent->name, file.identity)) && tries < kOpenTries) continue;
    file.size = static_cast<std::uint64_t>(status.st_size);
    file.changed_at =
        PacketTime(std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    file.parent = std::move(parent->directory);
    return file;
  }
}

bool ends_torn(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) == 0 && status.st_size == 0) return false;
  char last = 0;
  // If it is unreadable, an empty line is better than a merged one.
  return ::pread(fd, &last, 1, status.st_size - 1) != 1 || last != '\n';
}

void sync_directory(int directory) {
  const UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

tl::expected<void, OpenFailure> prepare_directory(const std::string& directory) {
  const UniqueFd fd = open_directory(directory);
  if (!fd.valid() || ::faccessat(fd.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) return failure(directory, errno);
  return {};
}

std::optional<std::uint64_t> size_where_still_at(const FileIdentity& file, const std::string& path) {
  struct stat named {};
  if (::lstat(path.c_str(), &named) != 0 || !is(file, named)) return std::nullopt;
  return static_cast<std::uint64_t>(named.st_size);
}

}  // namespace logsniffd
