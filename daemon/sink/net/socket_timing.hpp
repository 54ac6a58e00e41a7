// How long the sinks that own a socket wait.
#pragma once

#include <chrono>
#include <functional>

#include "daemon/base/time.hpp"

namespace logsniffd::sink::net {

// How long a socket sink waits, and the steady clock of its back-off: a seam for tests; wiring keeps the default.
struct SocketTiming {
  Duration patience = std::chrono::seconds(5);  // for a target that takes nothing at the moment
  std::function<SteadyTime()> now = &std::chrono::steady_clock::now;
};

}  // namespace logsniffd::sink::net
