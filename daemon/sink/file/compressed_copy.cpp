#include "daemon/sink/file/compressed_copy.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "daemon/base/rename.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/file/compressor.hpp"

namespace logsniffd::sink::file {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

CopyResult failed(int error) { return {CopyOutcome::failed, error}; }

bool lock_alone(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0; }

// Removes a file that nobody else has open with a lock.
CopyResult remove_alone(int directory, const std::string& name) {
  const UniqueFd fd(::openat(directory, name.c_str(), O_RDONLY | kFlags));
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0) return failed(errno);
  if (!S_ISREG(status.st_mode)) return failed(EINVAL);
  if (!lock_alone(fd.get())) return {CopyOutcome::busy};
  return ::unlinkat(directory, name.c_str(), 0) == 0 ? CopyResult{} : failed(errno);
}

// Owns the hidden name, and removes it unless the file got its final one.
class Temporary {
 public:
  Temporary(int directory, std::string name) : directory_(directory), name_(std::move(name)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (fd_.valid()) ::unlinkat(directory_, name_.c_str(), 0);
  }

  [[nodiscard]] CopyResult make() {
    remove_temporary(directory_, name_);
    UniqueFd fd(::openat(directory_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | kFlags, 0600));
    if (!fd.valid()) return errno == EEXIST ? CopyResult{CopyOutcome::busy} : failed(errno);
    // Whoever took it for an abandoned file before the lock has removed it by now; nobody does so from here on.
    struct stat status {};
    if (!lock_alone(fd.get()) || ::fstat(fd.get(), &status) != 0 || status.st_nlink == 0) return {CopyOutcome::busy};
    fd_ = std::move(fd);
    return {};
  }

  [[nodiscard]] CopyResult name_finally(const std::string& name) {
    if (rename_new(directory_, name_, directory_, name) != 0) return failed(errno);
    fd_.reset();
    return {};
  }

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  int directory_;
  std::string name_;
  UniqueFd fd_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

CopyResult copy(int from, int to, Compressor& compressor, const std::stop_token& stop) {
  std::array<char, kChunk> chunk;
  std::string compressed;
  while (true) {
    if (stop.stop_requested()) return {CopyOutcome::interrupted};
    const ssize_t got = ::read(from, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    compressed.clear();
    if (!compressor.feed({chunk.data(), static_cast<std::size_t>(got)}, got == 0, compressed)) return failed(ENOMEM);
    if (!write_all(to, compressed)) return failed(errno);
    if (got == 0) return {};
  }
}

// Like gzip(1). If the owner cannot be set, the mode still counts.
void copy_attributes(const struct stat& from, int to) {
  [[maybe_unused]] const int ignored = ::fchown(to, from.st_uid, from.st_gid);
  ::fchmod(to, from.st_mode & 0777);
  const std::array<timespec, 2> times{from.st_atim, from.st_mtim};
  ::futimens(to, times.data());
}

}  // namespace

CopyResult compress_in_place(int directory, const std::string& name, Compression compression,
                             const std::stop_token& stop) {
  const UniqueFd original(::openat(directory, name.c_str(), O_RDONLY | kFlags));
  if (!original.valid()) return errno == ENOENT ? CopyResult{CopyOutcome::busy} : failed(errno);
  if (!lock_alone(original.get())) return {CopyOutcome::busy};
  struct stat status {};
  if (::fstat(original.get(), &status) != 0) return failed(errno);
  if (!S_ISREG(status.st_mode)) return failed(EINVAL);
  if (status.st_nlink == 0) return {CopyOutcome::busy};  // another was faster, between open and lock

  const auto compressor = Compressor::make(compression);
  if (!compressor) return failed(ENOMEM);
  Temporary temporary(directory, temporary_name(name, compression));
  if (const CopyResult made = temporary.make(); made.outcome != CopyOutcome::done) return made;
  if (const CopyResult copied = copy(original.get(), temporary.fd(), *compressor, stop);
      copied.outcome != CopyOutcome::done)
    return copied;
  copy_attributes(status, temporary.fd());
  if (stop.stop_requested()) return {CopyOutcome::interrupted};  // bringing it to the disk may take long
  if (::fsync(temporary.fd()) != 0) return failed(errno);
  if (const CopyResult named = temporary.name_finally(name + std::string(suffix_of(compression)));
      named.outcome != CopyOutcome::done)
    return named;
  if (::fsync(directory) != 0) return failed(errno);
  return ::unlinkat(directory, name.c_str(), 0) == 0 ? CopyResult{} : failed(errno);
}

CopyResult remove_original(int directory, const std::string& name) { return remove_alone(directory, name); }

void remove_temporary(int directory, const std::string& temporary) {
  [[maybe_unused]] const CopyResult ignored = remove_alone(directory, temporary);  // the next run finds it again
}

}  // namespace logsniffd::sink::file
