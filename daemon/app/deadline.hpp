// The rest of a deadline that several waits share.
#pragma once

#include <algorithm>
#include <chrono>

#include "daemon/base/time.hpp"

namespace logsniffd::app {

// Never negative.
[[nodiscard]] inline Duration left_until(SteadyTime deadline) {
  return std::max<Duration>(Duration::zero(), deadline - std::chrono::steady_clock::now());
}

}  // namespace logsniffd::app
