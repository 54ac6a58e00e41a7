// Two clocks that never mix: packet time stamps records and drives expiry, steady time drives retries and deadlines.
// No room below app asks either clock; time is a parameter.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace logsniffd {

using Duration = std::chrono::nanoseconds;
using PacketTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

// The shorter of two waits; nullopt: no wait.
[[nodiscard]] inline std::optional<Duration> sooner(std::optional<Duration> a, std::optional<Duration> b) {
  return a && b ? std::min(a, b) : a ? a : b;
}

}  // namespace logsniffd
