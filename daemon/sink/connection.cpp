#include "daemon/sink/connection.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace logsniffd::sink {
namespace {

bool is_dead(int error) {
  switch (error) {
    case ECONNREFUSED:
    case ECONNRESET:
    case ENOTCONN:
    case EDESTADDRREQ:
    case EPIPE:
    case ENOENT:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

// Room for one passed descriptor, aligned as CMSG_FIRSTHDR wants it.
union PassedDescriptor {
  cmsghdr header;
  std::array<char, CMSG_SPACE(sizeof(int))> space;
};

// 0, or errno.
int send_datagram(int fd, std::string_view datagram, int passed) {
  iovec piece{const_cast<char*>(datagram.data()), datagram.size()};  // sendmsg(2) takes no const, and does not write
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  PassedDescriptor control{};
  if (passed >= 0) {
    message.msg_control = control.space.data();
    message.msg_controllen = control.space.size();
    cmsghdr* header = &control.header;
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof passed);
    std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
  }
  return ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? 0 : errno;
}

}  // namespace

Status Connection::connect(Interrupt& interrupt) {
  socket_.reset();
  auto connected = connect_to(peer_, interrupt, timing_.patience);
  if (!connected) {
    backoff_.failed(timing_.now());
    error_ = connected.error().message();
    return fail(std::move(connected.error()));
  }
  backoff_.succeeded();
  is_stream_ = connected->is_stream;
  socket_.emplace(std::move(connected->fd));
  return {};
}

bool Connection::ready(Interrupt& interrupt) {
  if (socket_ && is_stream_ && closed_by_peer()) lost("closed by the peer");
  if (socket_) return true;
  return backoff_.allows(timing_.now()) && connect(interrupt).has_value();
}

// Asked before each use: what is sent to a peer that has closed is lost without a word. A log target answers nothing;
// if it does, that is discarded.
bool Connection::closed_by_peer() {
  std::array<char, 256> answer;
  const ssize_t got = ::recv(socket_->fd(), answer.data(), answer.size(), MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

void Connection::lost(std::string_view why) {
  error_ = fmt::format("{}: {}", peer_.name, why);
  socket_.reset();
}

std::optional<DropReason> Connection::send(std::string_view datagram, int passed, Interrupt& interrupt) {
  // A refusal over UDP speaks of an earlier datagram: to send the next one at once would only lose that too.
  int connections_left = peer_.kind == PeerKind::udp ? 1 : 2;
  while (ready(interrupt)) {
    const int error = send_datagram(socket_->fd(), datagram, passed);
    if (error == 0) return std::nullopt;
    if (error == EINTR) continue;
    if (error == EMSGSIZE || (error == ENOBUFS && peer_.is_local())) return DropReason::too_large;
    if (error == EAGAIN) {
      const WaitResult waited = interrupt.wait(socket_->fd(), POLLOUT, timing_.patience);
      if (waited == WaitResult::ready) continue;
      if (waited == WaitResult::interrupted) return DropReason::shutdown;
      error_ = fmt::format("{}: it takes nothing more", peer_.name);
      return DropReason::timeout;
    }
    if (!is_dead(error)) {
      error_ = fmt::format("{}: {}", peer_.name, std::strerror(error));
      return DropReason::io_error;
    }
    lost(std::strerror(error));
    if (--connections_left == 0) {
      backoff_.failed(timing_.now());
      break;
    }
  }
  return DropReason::unreachable;
}

std::optional<DropReason> Connection::send_stream(LineBlock& block, std::uint64_t& lines_sent, Interrupt& interrupt) {
  lines_sent = 0;
  for (int connections_left = 2; connections_left > 0 && ready(interrupt); --connections_left) {
    const std::uint64_t begin = block.bytes_of(lines_sent);
    const std::string_view rest = std::string_view(block.text()).substr(begin);
    const WriteResult result = socket_->write({&rest, 1}, interrupt, timing_.patience);
    if (result.outcome == WriteOutcome::done) {
      lines_sent = block.lines();
      return std::nullopt;
    }
    lines_sent = block.lines_within(begin + result.bytes);
    if (result.outcome == WriteOutcome::failed) {
      lost(describe(result));
      continue;
    }
    error_ = fmt::format("{}: {}", peer_.name, describe(result));
    // Behind half a line the peer could not tell where the next begins.
    if (block.bytes_of(lines_sent) != begin + result.bytes) socket_.reset();
    return drop_reason(result);
  }
  return DropReason::unreachable;
}

}  // namespace logsniffd::sink
