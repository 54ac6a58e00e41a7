// Looks up a host without blocking the caller: getaddrinfo(3) has neither a deadline nor an interrupt, so it runs on
// its own thread, which is left behind if it takes too long.
//
// THREAD  confined to its owner. The look-up's thread shares nothing with it except the look-up itself, which therefore
//         belongs to both (shared_ptr): either may outlive the other.
// BLOCK   waits through Interrupt, at most for `patience`.
// BOUNDS  one look-up at a time: while one that was left behind is still running, resolve() waits for it again and
//         starts no other.
#pragma once

#include <netdb.h>

#include <functional>
#include <memory>
#include <string>

#include "daemon/base/error.hpp"
#include "daemon/sink/interrupt.hpp"

namespace logsniffd::sink::net {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

class Resolver {
 public:
  // Like getaddrinfo(3); a seam for tests.
  using LookUp = std::function<int(const char* host, const char* port, const addrinfo* hints, addrinfo** found)>;

  explicit Resolver(LookUp look_up = &::getaddrinfo) : look_up_(std::move(look_up)) {}

  // The addresses of `host` for sockets of `socket_type`. A numeric address is not looked up. REQUIRED: always the same
  // arguments. The error is the reason and the fix.
  Expected<AddressList> resolve(const std::string& host, const std::string& port, int socket_type, Interrupt& interrupt,
                                Duration patience);

 private:
  struct Answer;

  Expected<std::shared_ptr<Answer>> begin(const std::string& host, const std::string& port, int socket_type) const;

  LookUp look_up_;
  std::shared_ptr<Answer> pending_;
};

}  // namespace logsniffd::sink::net
