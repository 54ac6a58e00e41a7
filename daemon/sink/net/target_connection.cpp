#include "daemon/sink/net/target_connection.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/sink/net/tls_stream.hpp"

namespace logsniffd::sink::net {
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

// Room for one passed descriptor, aligned for CMSG_FIRSTHDR.
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

constexpr std::size_t kMostAtOnce = 64;  // datagrams per system call

// Returns 0, or the errno of the datagram after the `sent` ones.
int send_datagrams(int fd, std::span<const std::string_view> datagrams, std::size_t& sent) {
  std::array<iovec, kMostAtOnce> pieces;
  std::array<mmsghdr, kMostAtOnce> messages;
  while (sent < datagrams.size()) {
    const std::size_t count = std::min(datagrams.size() - sent, kMostAtOnce);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view datagram = datagrams[sent + i];
      pieces[i] = {const_cast<char*>(datagram.data()), datagram.size()};  // as in send_datagram()
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    // If only some were taken, the next call returns the error of the next one.
    const int took = ::sendmmsg(fd, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took < 0) return errno;
    sent += static_cast<std::size_t>(took);
  }
  return 0;
}

}  // namespace

Status TargetConnection::connect(Interrupt& interrupt) {
  drop();
  Status made = establish(interrupt);
  if (!made) {
    drop();
    backoff_.failed(timing_.now());
    error_ = made.error().message();
    return made;
  }
  backoff_.connected(timing_.now());
  return {};
}

Status TargetConnection::establish(Interrupt& interrupt) {
  auto connected = connect_to(peer_, resolver_, interrupt, timing_.patience);
  if (!connected) return fail(std::move(connected.error()));
  own_flow_ = std::move(connected->flow);
  if (!connected->is_stream) {
    datagram_socket_ = std::move(connected->fd);
  } else if (peer_.kind == PeerKind::tls) {
    auto tls = TlsStream::connect(connected->fd.get(), peer_.host, tls_, timing_, interrupt);
    if (!tls) return fail(std::move(tls.error()).within(peer_.name));
    stream_.emplace(std::move(connected->fd), std::move(*tls));
  } else {
    stream_.emplace(std::move(connected->fd), peer_.is_local() ? PeerStream::Kind::local : PeerStream::Kind::tcp);
  }
  return {};
}

bool TargetConnection::ready(Interrupt& interrupt) {
  if (std::exchange(reopen_, false)) close(interrupt);
  if (stream_) {
    if (const auto end = stream_->end()) lost(*end);
  }
  if (redelivery_.taken_back > 0) return false;  // the taken-back lines come first
  return connected() || (backoff_.allows(timing_.now()) && connect(interrupt).has_value());
}

void TargetConnection::lost(std::string_view why) {
  error_ = fmt::format("{}: {}", peer_.name, why);
  if (stream_) keep_for_resending();
  drop();
  backoff_.lost(timing_.now());
}

void TargetConnection::drop() {
  stream_.reset();
  datagram_socket_.reset();
  own_flow_.reset();
}

void TargetConnection::maintain() {
  if (!stream_) return;
  if (const auto end = stream_->end()) return lost(*end);
  look_at_acknowledgements();
}

void TargetConnection::look_at_acknowledgements() {
  if (in_flight_) return in_flight_->acknowledged(stream_->acknowledged(), timing_.now());
  tail_.acknowledged(stream_->acknowledged());
}

void TargetConnection::remember(std::string_view line, std::uint64_t wire_end) {
  if (in_flight_) return in_flight_->add(wire_end);
  tail_.add(line, wire_end);
}

void TargetConnection::keep_for_resending() {
  look_at_acknowledgements();
  if (in_flight_) {
    redelivery_.taken_back += in_flight_->lines();
    in_flight_->clear();
  }
  redelivery_.unconfirmed += tail_.connection_broke();
  stream_->discard();
}

// After half a line, the peer could not tell where the next one begins. A peer that answers was only slow, and gets
// what the kernel holds; one that does not answer is dead. An owner that wants nothing lost prefers duplicates.
void TargetConnection::give_up_torn_stream() {
  if (!in_flight_ && stream_->peer_answers(timing_.patience)) {
    tail_.acknowledged(stream_->acknowledged());
    redelivery_.unconfirmed += tail_.forget_sent();
  } else {
    keep_for_resending();
  }
  drop();
}

void TargetConnection::close(Interrupt& interrupt) {
  if (stream_) {
    const bool in_order = stream_->finish(interrupt, timing_.patience);
    look_at_acknowledgements();
    if (in_flight_) {
      // A living peer reads what it has acknowledged.
      redelivery_.taken_back += in_order ? in_flight_->unacknowledged() : in_flight_->lines();
      in_flight_->clear();
    }
    redelivery_.unconfirmed += tail_.forget_sent();
  }
  drop();
}

void TargetConnection::finish(Interrupt& interrupt) {
  if (!tail_.unsent().empty() && ready(interrupt) && stream_) (void)send_again(interrupt);
  close(interrupt);
  redelivery_.unconfirmed += tail_.forget_all();
}

std::optional<DropReason> TargetConnection::send(std::string_view datagram, int passed, Interrupt& interrupt) {
  return deliver([&] { return send_datagram(datagram_socket_.get(), datagram, passed); }, interrupt);
}

std::optional<DropReason> TargetConnection::send_each(std::span<const std::string_view> datagrams, std::size_t& sent,
                                                      Interrupt& interrupt) {
  sent = 0;
  return deliver([&] { return send_datagrams(datagram_socket_.get(), datagrams, sent); }, interrupt);
}

template <typename Attempt>
std::optional<DropReason> TargetConnection::deliver(const Attempt& attempt, Interrupt& interrupt) {
  // A refusal over UDP concerns an earlier datagram: sending the next one immediately would only lose that too.
  int connections_left = peer_.kind == PeerKind::udp ? 1 : 2;
  while (ready(interrupt) && !stream_) {
    const int error = attempt();
    if (error == 0) return std::nullopt;
    if (error == EINTR) continue;
    if (error == EMSGSIZE || (error == ENOBUFS && peer_.is_local())) return DropReason::too_large;
    if (error == EAGAIN) {
      const WaitResult waited = interrupt.wait(datagram_socket_.get(), POLLOUT, timing_.patience);
      if (waited == WaitResult::ready) continue;
      if (waited == WaitResult::interrupted) return DropReason::shutdown;
      error_ = fmt::format("{}: it does not accept any more data", peer_.name);
      return DropReason::timeout;
    }
    if (!is_dead(error)) {
      error_ = fmt::format("{}: {}", peer_.name, std::strerror(error));
      return DropReason::io_error;
    }
    lost(std::strerror(error));
    if (--connections_left == 0) {
      if (backoff_.allows(timing_.now())) backoff_.failed(timing_.now());
      break;
    }
  }
  return DropReason::unreachable;
}

std::optional<DropReason> TargetConnection::send_stream(format::LineBlock& block, std::uint64_t& lines_sent,
                                                        Interrupt& interrupt) {
  lines_sent = 0;
  for (int connections_left = 2; connections_left > 0 && ready(interrupt) && stream_; --connections_left) {
    look_at_acknowledgements();
    LineResult result = send_again(interrupt);
    if (result.outcome == WriteOutcome::done) result = send_lines(block, lines_sent, interrupt);
    if (result.outcome == WriteOutcome::done) return std::nullopt;
    if (result.outcome == WriteOutcome::failed) {
      lost(stream_->describe(result));
      continue;
    }
    error_ = fmt::format("{}: {}", peer_.name, describe(result));
    if (result.torn_line || stream_->torn()) give_up_torn_stream();
    return drop_reason(result);
  }
  return DropReason::unreachable;
}

TargetConnection::LineResult TargetConnection::send_again(Interrupt& interrupt) {
  LineResult result;
  std::size_t done = 0;  // bytes of the line that is being sent
  while (!tail_.unsent().empty()) {
    const std::string_view rest = tail_.unsent().substr(done);
    result = {stream_->write(rest.substr(0, stream_->piece()), interrupt, timing_.patience)};
    done += result.bytes;
    for (std::size_t lines = tail_.unsent_lines_within(done); lines > 0; --lines) {
      const std::size_t size = tail_.unsent_bytes_of(1);
      done -= size;
      tail_.handed_over(stream_->wire_end(done));
      ++redelivery_.resent;
    }
    if (result.outcome != WriteOutcome::done) break;
  }
  result.torn_line = done > 0;
  return result;
}

TargetConnection::LineResult TargetConnection::send_lines(format::LineBlock& block, std::uint64_t& lines_sent,
                                                          Interrupt& interrupt) {
  LineResult result;
  const std::string_view text = block.text();
  std::uint64_t at = block.bytes_of(lines_sent);
  while (at < text.size()) {
    result = {stream_->write(text.substr(at).substr(0, stream_->piece()), interrupt, timing_.patience)};
    at += result.bytes;
    for (const std::uint64_t whole = block.lines_within(at); lines_sent < whole; ++lines_sent) {
      if (!stream_->has_acknowledgements()) continue;
      const std::uint64_t begin = block.bytes_of(lines_sent);
      const std::uint64_t end = block.bytes_of(lines_sent + 1);
      remember(text.substr(begin, end - begin), stream_->wire_end(at - end));
    }
    if (result.outcome != WriteOutcome::done) break;
  }
  result.torn_line = at != block.bytes_of(lines_sent);
  return result;
}

}  // namespace logsniffd::sink::net
