// The receiving end of a socket, in the role of a syslog daemon or journald: bound by the test, read without sleeping.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::test {

// The content of a datagram: its bytes, and the descriptor that was passed with it, if any.
struct Received {
  std::string bytes;
  UniqueFd passed;
};

inline bool readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, 5000) > 0;  // only a failing test waits that long
}

inline Received receive(int fd) {
  Received received;
  if (!readable(fd)) return {"(nothing came)", UniqueFd()};
  std::vector<char> buffer(1 << 20);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec piece{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (got < 0) std::abort();
  received.bytes.assign(buffer.data(), static_cast<std::size_t>(got));
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int passed = -1;
    std::memcpy(&passed, CMSG_DATA(header), sizeof passed);
    received.passed.reset(passed);
  }
  return received;
}

// A bound unix socket; a stream socket listens.
class UnixReceiver {
 public:
  UnixReceiver(const std::string& path, int type) : fd_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    if (type == SOCK_STREAM && ::listen(fd_.get(), 4) != 0) std::abort();
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] std::string next() const { return receive(fd_.get()).bytes; }

 private:
  UniqueFd fd_;
};

// A bound IPv4 socket on the loopback address, with a port that the system chose; a stream socket listens.
class LoopbackReceiver {
 public:
  // `taken_over`: the address of a receiver that is gone.
  explicit LoopbackReceiver(int type, const std::string& taken_over = {})
      : fd_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!taken_over.empty()) {
      address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(taken_over.substr(taken_over.find(':') + 1))));
    }
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_.get(), generic, size) != 0 || ::getsockname(fd_.get(), generic, &size) != 0) std::abort();
    if (type == SOCK_STREAM && ::listen(fd_.get(), 4) != 0) std::abort();
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  UniqueFd fd_;
  std::string address_;
};

// Accepts one connection on a listening socket.
inline UniqueFd accept_one(int listener) {
  if (!readable(listener)) return UniqueFd();
  return UniqueFd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
}

// Exactly `size` bytes of a stream, or the bytes before its end.
inline std::string receive_exactly(int fd, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size && readable(fd)) {
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(fd, buffer.data(), std::min(buffer.size(), size - bytes.size()), 0);
    if (got <= 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

}  // namespace logsniffd::test
