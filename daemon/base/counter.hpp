// A statistic with one writing thread and any number of readers.
//
// add() is a plain load and store, not a locked instruction: REQUIRED: one writer. Relaxed order is enough, because a
// counter publishes only itself. A block of counters is copied counter by counter, as Published requires.
#pragma once

#include <atomic>
#include <cstdint>

namespace logsniffd {

class Counter {
 public:
  Counter() = default;
  Counter(const Counter& other) { *this = other; }
  Counter& operator=(const Counter& other) {
    value_.store(other.value_.load(std::memory_order_acquire), std::memory_order_release);  // both: Published
    return *this;
  }
  ~Counter() = default;

  void add(std::uint64_t n = 1) { value_.store(get() + n, std::memory_order_relaxed); }
  void subtract(std::uint64_t n) {
    value_.store(get() - n, std::memory_order_relaxed);
  }  // for gauges, and to take back what did not happen
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace logsniffd
