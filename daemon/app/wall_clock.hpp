// The time of day, as packets carry it.
#pragma once

#include "daemon/base/time.hpp"

namespace logsniffd::app {

[[nodiscard]] inline PacketTime wall_now() {
  return std::chrono::time_point_cast<PacketTime::duration>(std::chrono::system_clock::now());
}

}  // namespace logsniffd::app
