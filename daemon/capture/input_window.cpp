#include "daemon/capture/input_window.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace logsniffd::capture {
namespace {

Error errno_error(const char* what) { return Error::system(what, errno); }

std::string_view hint(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return "; check the path";
    case EACCES:
    case EPERM:
      return "; make it readable by the user that runs logsniffd";
    case EBADF:
      return "; it is closed: redirect it from a file or a pipe";
    default:
      return "";
  }
}

Error open_error(int error) {
  return Error::runtime(Error::system("cannot be opened", error).message() + std::string(hint(error)));
}

}  // namespace

struct InputWindow::Compressed {
  InputWindow input;
  std::unique_ptr<Decompressor> decompressor;
  bool more_output = false;          // the decompressor may hold output for which there was no room
  std::optional<Error> damage = {};  // reported once what comes before it was read
};

InputWindow::InputWindow() = default;
InputWindow::InputWindow(InputWindow&&) noexcept = default;
InputWindow& InputWindow::operator=(InputWindow&&) noexcept = default;
InputWindow::~InputWindow() = default;

Expected<InputWindow> InputWindow::open(const std::string& path) {
  InputWindow window;
  if (path == "-") {
    // Duplicates the descriptor, so that this window may close it. O_NONBLOCK would affect everybody who shares it, so
    // poll() is used instead.
    window.fd_ = UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  } else {
    window.fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  }
  if (!window.fd_.valid()) return fail(open_error(errno));
  if ((::fcntl(window.fd_.get(), F_GETFL) & O_ACCMODE) == O_WRONLY) return fail(open_error(EBADF));
  struct stat status {};
  if (::fstat(window.fd_.get(), &status) != 0) return fail(errno_error("cannot be examined"));
  if (S_ISDIR(status.st_mode)) return fail(Error::runtime("is a directory, not a capture file; name a file in it"));
  if (::isatty(window.fd_.get()) == 1) {
    return fail(Error::usage("is a terminal; pipe a capture into it, as in tcpdump -U -w - | logsniffd sniff -r -"));
  }
  if (S_ISREG(status.st_mode)) {
    window.begin_file(static_cast<std::uint64_t>(status.st_size));
  }
  return window;
}

InputWindow InputWindow::over(Bytes contents) {
  InputWindow window;
  window.unread_ = contents;
  return window;
}

InputWindow InputWindow::decompressing(InputWindow compressed, std::unique_ptr<Decompressor> decompressor) {
  InputWindow window;
  window.compressed_ = std::make_unique<Compressed>(Compressed{std::move(compressed), std::move(decompressor)});
  return window;
}

int InputWindow::wait_fd() const {
  if (compressed_) return compressed_->input.wait_fd();
  return fd_.valid() && !file_size_ ? fd_.get() : -1;
}

Expected<InputWindow::Fill> InputWindow::fill(std::size_t count) {
  if (count <= unread_.size()) return Fill::enough;
  if (!fd_.valid() && !compressed_) return Fill::end;
  make_room(count);
  if (compressed_) return fill_from_compressed(count);
  return file_size_ ? fill_from_file(count) : fill_from_pipe(count);
}

void InputWindow::begin_file(std::uint64_t size) {
  // Standard input may be a regular file of which a part was already read.
  const off_t position = ::lseek(fd_.get(), 0, SEEK_CUR);
  offset_ = position > 0 ? static_cast<std::uint64_t>(position) : 0;
  file_size_ = size;
  ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);  // only advice: it may fail without harm
}

// Reads up to the size that the file had when it was opened. Data appended since is not part of this reading.
Expected<InputWindow::Fill> InputWindow::fill_from_file(std::size_t count) {
  while (unread_.size() < count) {
    const std::uint64_t end = offset_ + unread_.size();
    if (end >= *file_size_) return Fill::end;
    const std::size_t wanted = std::min<std::uint64_t>(capacity_ - unread_.size(), *file_size_ - end);
    const ssize_t got = ::pread(fd_.get(), buffer_.get() + unread_.size(), wanted, static_cast<off_t>(end));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error("cannot be read"));
    if (got == 0)
      return fail(
          Error::runtime("became shorter while it was being read; do not write to it, or capture to another file"));
    unread_ = {buffer_.get(), unread_.size() + static_cast<std::size_t>(got)};
  }
  return Fill::enough;
}

Expected<InputWindow::Fill> InputWindow::fill_from_pipe(std::size_t count) {
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

// A decompressor is never called without input, unless it may hold output: zstd takes that for an endless loop.
Expected<InputWindow::Fill> InputWindow::fill_from_compressed(std::size_t count) {
  Compressed& compressed = *compressed_;
  std::size_t budget = kMaxCompressedBytes;
  while (unread_.size() < count) {
    if (compressed.damage) return fail(*compressed.damage);
    if (budget == 0) return Fill::more_later;
    if (!compressed.more_output) {
      const auto filled = compressed.input.fill(1);
      if (!filled) return fail(filled.error());
      if (*filled == Fill::not_now) return Fill::not_now;
      if (*filled == Fill::end && compressed.decompressor->complete()) return Fill::end;
      if (*filled == Fill::end) {
        return fail(Error::runtime(fmt::format("ends inside its {} data; all packets before that were read",
                                               compressed.decompressor->name())));
      }
    }
    const std::span<std::uint8_t> room(buffer_.get() + unread_.size(), capacity_ - unread_.size());
    const Bytes input = compressed.input.unread();
    Decompressor::Progress progress = compressed.decompressor->step(input.first(std::min(input.size(), budget)), room);
    compressed.input.consume(progress.read);
    budget -= progress.read;
    compressed.more_output = progress.written == room.size();
    compressed.damage = std::move(progress.damage);
    unread_ = {buffer_.get(), unread_.size() + progress.written};
  }
  return Fill::enough;
}

// Moves the unread bytes to the start of a buffer that holds `count`.
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
