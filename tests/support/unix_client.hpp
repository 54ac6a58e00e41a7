// A program at the other end of a unix stream socket, which sends what it likes.
#pragma once

#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <string>

#include "daemon/base/unique_fd.hpp"
#include "daemon/control/address.hpp"

namespace logsniffd::test {

// Connects, and sends these bytes and nothing more.
inline UniqueFd send_raw(const std::string& path, const std::string& bytes) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = control::Address::of(path);
  if (::connect(socket.get(), address->get(), address->size()) != 0) throw std::runtime_error("connect");
  if (::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("send");
  return socket;
}

// Everything that comes until the other end closes the connection.
inline std::string read_all(const UniqueFd& socket) {
  std::string all;
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = ::recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0;) {
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return all;
}

}  // namespace logsniffd::test
