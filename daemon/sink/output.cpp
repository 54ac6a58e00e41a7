#include "daemon/sink/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace logsniffd::sink {
namespace {

constexpr std::size_t kGathered = 256;   // pieces per system call; IOV_MAX is 1024
constexpr std::size_t kPromised = 4096;  // PIPE_BUF: poll(2) says a pipe is writable when this much fits

// The progress of a write: the remaining pieces, and how much of the first one is written.
class Rest {
 public:
  explicit Rest(std::span<const std::string_view> pieces) : pieces_(pieces) { skip(0); }

  [[nodiscard]] bool empty() const { return pieces_.empty(); }

  std::span<iovec> gather(std::size_t limit) {
    std::size_t count = 0;
    std::size_t offset = offset_;
    for (; count < std::min(pieces_.size(), vector_.size()) && limit > 0; ++count) {
      const std::string_view piece = pieces_[count].substr(offset);
      vector_[count].iov_base = const_cast<char*>(piece.data());  // writev(2) takes no const, and does not write
      vector_[count].iov_len = std::min(piece.size(), limit);
      limit -= vector_[count].iov_len;
      offset = 0;
    }
    return std::span(vector_).first(count);
  }

  void skip(std::size_t bytes) {
    offset_ += bytes;
    while (!pieces_.empty() && offset_ >= pieces_.front().size()) {
      offset_ -= pieces_.front().size();
      pieces_ = pieces_.subspan(1);
    }
  }

 private:
  std::span<const std::string_view> pieces_;
  std::size_t offset_ = 0;
  std::array<iovec, kGathered> vector_{};
};

bool is_blocking(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

ssize_t send_gathered(int fd, std::span<iovec> pieces) {
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  return ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

DropReason drop_reason(const WriteResult& result) {
  if (result.outcome == WriteOutcome::timeout) return DropReason::timeout;
  if (result.outcome == WriteOutcome::interrupted) return DropReason::shutdown;
  return result.error == ENOSPC || result.error == EDQUOT ? DropReason::no_space : DropReason::io_error;
}

std::string describe(const WriteResult& result) {
  switch (result.outcome) {
    case WriteOutcome::timeout:
      return "it does not accept any more data";
    case WriteOutcome::interrupted:
      return "given up because the daemon is stopping";
    default:
      return std::strerror(result.error);
  }
}

Output::Output(UniqueFd fd) : fd_(std::move(fd)) {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return;
  if (S_ISSOCK(status.st_mode)) means_ = Means::send;
  const bool may_block = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
  if (!may_block || !is_blocking(fd_.get())) return;
  // A second description of the same pipe has its own mode; the mode of the first is shared with the shell.
  UniqueFd anew(
      ::open(fmt::format("/proc/self/fd/{}", fd_.get()).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (anew.valid()) {
    fd_ = std::move(anew);
  } else {
    means_ = Means::polled;
  }
}

WriteResult Output::write(std::span<const std::string_view> pieces, Interrupt& interrupt, Duration patience) {
  WriteResult result;
  Rest rest(pieces);
  bool wait = means_ == Means::polled;
  while (!rest.empty()) {
    if (wait) {
      const WaitResult waited = interrupt.wait(fd_.get(), POLLOUT, patience);
      if (waited != WaitResult::ready) {
        result.outcome = waited == WaitResult::timeout ? WriteOutcome::timeout : WriteOutcome::interrupted;
        return result;
      }
      wait = false;
    }
    const std::size_t limit = means_ == Means::polled ? kPromised : std::numeric_limits<ssize_t>::max();
    const std::span<iovec> gathered = rest.gather(limit);
    const ssize_t took = means_ == Means::send
                             ? send_gathered(fd_.get(), gathered)
                             : ::writev(fd_.get(), gathered.data(), static_cast<int>(gathered.size()));
    if (took >= 0) {
      result.bytes += static_cast<std::uint64_t>(took);
      rest.skip(static_cast<std::size_t>(took));
      wait = means_ == Means::polled;
    } else if (errno == EAGAIN) {
      wait = true;
    } else if (errno != EINTR) {
      result.outcome = WriteOutcome::failed;
      result.error = errno;
      return result;
    }
  }
  return result;
}

}  // namespace logsniffd::sink
