// The single-producer single-consumer ring: a well-kept library's, chosen by measurement
// (docs/decisions/0003-which-ring.md).
#pragma once

#include <readerwriterqueue/readerwriterqueue.h>

#include <utility>

namespace logsniffd::queue {

// THREAD  try_push() on one thread, try_pop() and empty() on one other.
template <class T>
class SpscRing {
 public:
  explicit SpscRing(std::size_t capacity) : ring_(capacity) {}

  // False, with `value` untouched, where the ring is full. Never allocates.
  [[nodiscard]] bool try_push(T&& value) { return ring_.try_enqueue(std::move(value)); }
  [[nodiscard]] bool try_pop(T& value) { return ring_.try_dequeue(value); }
  [[nodiscard]] bool empty() const { return ring_.peek() == nullptr; }

 private:
  moodycamel::ReaderWriterQueue<T> ring_;
};

}  // namespace logsniffd::queue
