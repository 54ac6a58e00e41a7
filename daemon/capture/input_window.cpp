#include "daemon/capture/input_window.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

namespace logsniffd::capture {
namespace {

Error errno_error(const char* what) { return Error::system(what, errno); }

}  // namespace

Expected<InputWindow> InputWindow::open(const std::string& path) {
  InputWindow window;
  if (path == "-") {
    // A copy of its own, so that this window may close it. O_NONBLOCK would be shared with whoever else holds it:
    // poll() instead.
    window.fd_ = UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  } else {
    window.fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  }
  if (!window.fd_.valid()) return fail(errno_error("cannot be opened"));
  struct stat status {};
  if (::fstat(window.fd_.get(), &status) != 0) return fail(errno_error("cannot be examined"));
  if (S_ISDIR(status.st_mode)) return fail(Error::runtime("is a directory, not a capture file"));
  if (::isatty(window.fd_.get()) == 1) {
    return fail(Error::usage("is a terminal; pipe a capture into it, as in tcpdump -U -w - | logsniffd sniff -r -"));
  }
  if (S_ISREG(status.st_mode)) {
    if (const Status mapped = window.map(static_cast<std::uint64_t>(status.st_size)); !mapped)
      return fail(mapped.error());
  }
  return window;
}

InputWindow InputWindow::over(Bytes contents) {
  InputWindow window;
  window.unread_ = contents;
  return window;
}

InputWindow::InputWindow(InputWindow&& other) noexcept
    : fd_(std::move(other.fd_)),
      mapping_(std::exchange(other.mapping_, {})),
      released_(other.released_),
      buffer_(std::move(other.buffer_)),
      capacity_(std::exchange(other.capacity_, 0)),
      unread_(std::exchange(other.unread_, {})),
      offset_(other.offset_) {}

InputWindow::~InputWindow() {
  if (!mapping_.empty()) ::munmap(const_cast<std::uint8_t*>(mapping_.data()), mapping_.size());
}

Expected<InputWindow::Fill> InputWindow::fill(std::size_t count) {
  if (count <= unread_.size()) return Fill::enough;
  if (!mapping_.empty()) return fill_from_mapping(count);
  if (fd_.valid()) return fill_from_pipe(count);
  return Fill::end;
}

Status InputWindow::map(std::uint64_t size) {
  // Standard input may be a regular file that somebody read a part of.
  const off_t position = ::lseek(fd_.get(), 0, SEEK_CUR);
  const std::uint64_t start = position > 0 ? static_cast<std::uint64_t>(position) : 0;
  if (start >= size) {
    fd_.reset();  // empty: there is nothing to map, and nothing to wait for
    return {};
  }
  void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd_.get(), 0);
  if (address == MAP_FAILED) return fail(errno_error("cannot be mapped into memory"));
  ::madvise(address, size, MADV_SEQUENTIAL);  // an advice: it may fail without harm
  mapping_ = {static_cast<const std::uint8_t*>(address), size};
  unread_ = mapping_.subspan(start, 0);
  offset_ = start;
  return {};
}

Expected<InputWindow::Fill> InputWindow::fill_from_mapping(std::size_t count) {
  const std::size_t end = offset_ + unread_.size();
  if (end < mapping_.size()) {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) return fail(errno_error("cannot be examined"));
    if (static_cast<std::uint64_t>(status.st_size) < mapping_.size()) {
      return fail(Error::runtime("became shorter while it was read"));
    }
    // What lies a whole stretch behind the reader is given back, in units of stretches: they begin at page boundaries.
    const std::size_t behind = offset_ - offset_ % kStretchBytes;
    if (behind > released_) {
      ::madvise(const_cast<std::uint8_t*>(mapping_.data()) + released_, behind - released_, MADV_DONTNEED);
      released_ = behind;
    }
    unread_ = mapping_.subspan(offset_, std::min(std::max(count, kStretchBytes), mapping_.size() - offset_));
  }
  return count <= unread_.size() ? Fill::enough : Fill::end;
}

Expected<InputWindow::Fill> InputWindow::fill_from_pipe(std::size_t count) {
  make_room(count);
  while (unread_.size() < count) {
    pollfd ready{fd_.get(), POLLIN, 0};
    const int polled = ::poll(&ready, 1, 0);
    if (polled < 0 && errno != EINTR) return fail(errno_error("cannot be read"));
    if (polled <= 0) return Fill::not_now;

    std::uint8_t* const free = buffer_.get() + unread_.size();
    const ssize_t got = ::read(fd_.get(), free, capacity_ - unread_.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return Fill::not_now;
    if (got < 0) return fail(errno_error("cannot be read"));
    if (got == 0) return Fill::end;
    unread_ = {buffer_.get(), unread_.size() + static_cast<std::size_t>(got)};
  }
  return Fill::enough;
}

// Moves what is unread to the front of a buffer that holds `count`.
void InputWindow::make_room(std::size_t count) {
  const std::size_t needed = std::max(count, kBufferBytes);
  if (needed > capacity_) {
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(needed);
    if (!unread_.empty()) std::memcpy(larger.get(), unread_.data(), unread_.size());
    buffer_ = std::move(larger);
    capacity_ = needed;
  } else if (!unread_.empty()) {
    std::memmove(buffer_.get(), unread_.data(), unread_.size());
  }
  unread_ = {buffer_.get(), unread_.size()};
}

}  // namespace logsniffd::capture
