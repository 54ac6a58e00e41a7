// The address of a unix socket.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <string>

#include "daemon/base/error.hpp"

namespace logsniffd::control {

class Address {
 public:
  // ERRORS  usage, if the path does not fit into an address.
  static Expected<Address> of(const std::string& path) {
    Address made;
    if (path.empty() || path.size() >= sizeof made.address_.sun_path) {
      return fail(Error::usage("the path of a socket has 1 to 107 bytes"));
    }
    made.address_.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), made.address_.sun_path);
    return made;
  }

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  [[nodiscard]] socklen_t size() const { return sizeof address_; }

 private:
  Address() = default;
  sockaddr_un address_{};
};

}  // namespace logsniffd::control
