// A date and a clock as somebody wrote them, and the instant that they name.
#pragma once

#include <chrono>
#include <optional>

#include "daemon/base/time.hpp"

namespace logsniffd::record::value {

struct WallClock {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanoseconds = 0;
  std::optional<std::chrono::seconds> offset;  // ahead of UTC; absent: the zone of this process (local_zone.hpp)
};

// Nothing if there is no such date or time of day, or if PacketTime cannot hold it. captured_at serves the hour that
// the local zone repeats in autumn.
[[nodiscard]] std::optional<PacketTime> instant_of(const WallClock& clock, PacketTime captured_at);

}  // namespace logsniffd::record::value
