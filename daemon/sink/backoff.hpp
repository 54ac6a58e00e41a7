// When to try again: after each failure twice as late, from 100 ms to 30 s, less up to half of it at random, so that
// many do not come at once.
//
// THREAD  confined to its owner. Steady time is a parameter.
#pragma once

#include <algorithm>
#include <random>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

class Backoff {
 public:
  static constexpr Duration kFirst = std::chrono::milliseconds(100);
  static constexpr Duration kLongest = std::chrono::seconds(30);

  [[nodiscard]] bool allows(SteadyTime now) const { return now >= next_; }

  void failed(SteadyTime now) {
    next_ =
        now + std::uniform_int_distribution<Duration::rep>(delay_.count() / 2, delay_.count())(random_) * Duration(1);
    delay_ = std::min(delay_ * 2, kLongest);
  }

  void succeeded() {
    next_ = SteadyTime::min();
    delay_ = kFirst;
  }

 private:
  SteadyTime next_ = SteadyTime::min();
  Duration delay_ = kFirst;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace logsniffd::sink
