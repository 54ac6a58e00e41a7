// Preloaded into the daemon (LD_PRELOAD): makes the worker hang that writes one of these texts.
//
//   "freeze this worker"  it computes without end, as a defect of its own would make it
//   "block this worker"   it waits in a system call without end, as on a dead disk
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace {

bool any_contains(std::span<const iovec> pieces, std::string_view text) {
  return std::any_of(pieces.begin(), pieces.end(), [text](const iovec& piece) {
    return std::string_view(static_cast<const char*>(piece.iov_base), piece.iov_len).find(text) !=
           std::string_view::npos;
  });
}

}  // namespace

extern "C" ssize_t writev(int fd, const iovec* iov, int count) {
  const std::span pieces(iov, static_cast<std::size_t>(count));
  if (any_contains(pieces, "freeze this worker")) {
    for (volatile bool frozen = true; frozen;) {
    }
  }
  if (any_contains(pieces, "block this worker")) {
    while (true) ::pause();
  }
  return ::syscall(SYS_writev, fd, iov, count);
}
