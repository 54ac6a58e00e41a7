#include "daemon/sink/net/peer_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/sink/net/tcp_socket.hpp"

namespace logsniffd::sink::net {
namespace {

// Returns 0 at the end of the stream, EAGAIN if nothing is there at the moment, else the error that broke it.
int discard_received(int fd) {
  std::array<char, 4096> ignored;
  for (int i = 0; i < kMostReads; ++i) {
    const ssize_t got = ::recv(fd, ignored.data(), ignored.size(), MSG_DONTWAIT);
    if (got == 0) return 0;
    if (got < 0 && errno != EINTR) return errno;
  }
  return EAGAIN;
}

}  // namespace

WriteResult PeerStream::write(std::string_view bytes, Interrupt& interrupt, Duration patience) {
  if (tls_) return tls_->write(bytes, interrupt, patience);
  const WriteResult result = socket_.write({&bytes, 1}, interrupt, patience);
  wire_ += result.bytes;
  return result;
}

std::string PeerStream::describe(const WriteResult& result) const {
  const bool in_our_words = tls_ && result.outcome == WriteOutcome::failed;
  return in_our_words ? tls_->trouble() : sink::describe(result);
}

// Checked before each use: what is sent to a peer that has closed is lost silently.
std::optional<std::string> PeerStream::end() {
  if (tls_) return tls_->closed_by_peer() ? std::optional(tls_->trouble()) : std::nullopt;
  const int error = discard_received(socket_.fd());
  if (error == EAGAIN) return std::nullopt;
  return error == 0 ? "closed by the peer" : std::strerror(error);
}

std::uint64_t PeerStream::acknowledged() const {
  // The end of the stream counts as a byte once it is sent.
  const std::uint64_t sent = (tls_ ? tls_->wire_bytes() : wire_) + (ended_ ? 1 : 0);
  const std::uint64_t waiting = unacknowledged_bytes(socket_.fd());
  return waiting < sent ? sent - waiting : 0;
}

bool PeerStream::peer_answers(Duration patience) const {
  // A peer that was silent for the whole patience had sent something shortly before it began.
  return !has_acknowledgements() || heard_of_lately(socket_.fd(), patience / 2);
}

bool PeerStream::finish(Interrupt& interrupt, Duration patience) {
  if (tls_ && !tls_->torn()) tls_->close();
  if (::shutdown(socket_.fd(), SHUT_WR) != 0) return false;
  ended_ = true;
  if (!has_acknowledgements()) return true;
  int state = discard_received(socket_.fd());
  while (state == EAGAIN && unacknowledged_bytes(socket_.fd()) > 0) {
    if (interrupt.wait(socket_.fd(), POLLIN, patience) != WaitResult::ready) break;
    state = discard_received(socket_.fd());
  }
  return state == EAGAIN || state == 0;
}

void PeerStream::discard() {
  if (has_acknowledgements()) discard_on_close(socket_.fd());
}

}  // namespace logsniffd::sink::net
