// The single-producer single-consumer ring: from a well-maintained library, chosen by
// measurement (docs/decisions/0003-which-ring.md).
#pragma once

#include <boost/lockfree/spsc_queue.hpp>
#include <utility>

namespace logsniffd::queue {

// THREAD  try_push() and full() on one thread, try_pop() and empty() on one other.
template <class T>
class SpscRing {
 public:
  explicit SpscRing(std::size_t capacity) : ring_(capacity) {}

  // Returns false if the ring is full. Never allocates.
  [[nodiscard]] bool try_push(const T& value) { return ring_.push(value); }
  [[nodiscard]] bool full() const { return ring_.write_available() == 0; }
  [[nodiscard]] bool try_pop(T& value) {
    return ring_.consume_one([&value](T& front) { value = std::move(front); });
  }
  [[nodiscard]] bool empty() const { return ring_.read_available() == 0; }

 private:
  boost::lockfree::spsc_queue<T> ring_;
};

}  // namespace logsniffd::queue
