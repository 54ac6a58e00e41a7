// When to try again: the delay doubles after each failure, from 100 ms to 30 s, less up to half of it at random, so
// that many clients do not return at the same moment.
//
// A connection counts as a success only when it has lasted: a peer that accepts and hangs up immediately is tried once
// more without delay, and then treated like a peer that does not answer.
//
// THREAD  confined to its owner. Steady time is a parameter.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <utility>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

class Backoff {
 public:
  static constexpr Duration kFirst = std::chrono::milliseconds(100);
  static constexpr Duration kLongest = std::chrono::seconds(30);

  static constexpr Duration kProven = std::chrono::seconds(1);  // a connection that lasted this long was a good one

  // From 0 to 1: the share of the random half that is waited.
  using Random = std::function<double()>;

  Backoff() : Backoff(even(std::random_device{}())) {}
  explicit Backoff(Random random) : random_(std::move(random)) {}

  [[nodiscard]] bool allows(SteadyTime now) const { return now >= next_; }

  // No connection could be made.
  void failed(SteadyTime now) {
    next_ = now + delay_ / 2 + std::chrono::duration_cast<Duration>(delay_ / 2 * random_());
    delay_ = std::min(delay_ * 2, kLongest);
  }

  void connected(SteadyTime now) { connected_at_ = now; }

  // The connection broke.
  void lost(SteadyTime now) {
    if (now - connected_at_ >= kProven) {
      delay_ = kFirst;
      short_lived_ = false;
    } else if (std::exchange(short_lived_, true)) {
      failed(now);
    }
  }

 private:
  static Random even(std::uint32_t seed) {
    return [engine = std::minstd_rand(seed)]() mutable { return std::uniform_real_distribution<double>()(engine); };
  }

  Random random_;
  SteadyTime next_ = SteadyTime::min();
  SteadyTime connected_at_{};
  Duration delay_ = kFirst;
  bool short_lived_ = false;  // the previous connection
};

}  // namespace logsniffd::sink
