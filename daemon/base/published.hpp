// A block of counters that its owner publishes whenever its sums hold, and that others read whole (a sequence lock).
//
// The owner counts in a live block of its own, and copies that here between two steps of a version, which is odd
// meanwhile. A reader copies the block out, and does so again where the version was odd or has changed. The owner never
// waits, and shares no write with anybody.
//
// THREAD  publish() on the owner's thread; read() on any.
// ORDER   no fences, which ThreadSanitizer does not model: a Counter is copied with acquire and release. Who reads a
//         word of a later publication thereby sees its odd version, too.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace logsniffd {

// REQUIRED: Block is made of Counters alone, and is small: a reader that is met by a publication starts anew.
template <class Block>
class Published {
 public:
  // `fill` gets the block that readers see, and assigns to every counter of it.
  template <class Fill>
  void publish(Fill fill) {
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);  // before the words, which are released
    fill(block_);
    version_.store(version + 2, std::memory_order_release);  // partner: read()
  }

  [[nodiscard]] Block read() const {
    Block copy;
    while (!try_read(copy)) std::this_thread::yield();  // the owner may have lost its processor halfway
    return copy;
  }

 private:
  bool try_read(Block& copy) const {
    const std::uint64_t before = version_.load(std::memory_order_acquire);  // partner: publish()
    if (before % 2 != 0) return false;
    copy = block_;
    return version_.load(std::memory_order_relaxed) == before;  // after the words, which are acquired
  }

  std::atomic<std::uint64_t> version_{0};
  Block block_;
};

}  // namespace logsniffd
