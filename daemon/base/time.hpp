// Two clocks that never mix: packet time stamps records and drives expiry, steady time drives retries and deadlines.
// No room below app asks either clock; time is a parameter.
#pragma once

#include <chrono>

namespace logsniffd {

using Duration = std::chrono::nanoseconds;
using PacketTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

}  // namespace logsniffd
