// An Endpoint as the calls of sockets take and give it.
#pragma once

#include <sys/socket.h>

#include "daemon/base/endpoint.hpp"

namespace logsniffd {

class SocketAddress {
 public:
  SocketAddress() = default;  // room for the answer of getsockname() and the like
  explicit SocketAddress(const Endpoint& endpoint);

  [[nodiscard]] int family() const { return storage_.ss_family; }
  [[nodiscard]] Endpoint endpoint() const;  // REQUIRED: AF_INET or AF_INET6

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t size() const { return size_; }
  [[nodiscard]] socklen_t* size_pointer() { return &size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = sizeof storage_;
};

}  // namespace logsniffd
