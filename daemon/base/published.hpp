// A block of counters that its owner publishes whenever its sums hold, and that others read as a whole (a
// sequence lock).
//
// The owner counts in its own live block, and copies that block here between two steps of a version. The version is odd
// during the copy. A reader copies the block out, and repeats that if the version was odd or has changed. The owner
// never waits, and shares no write with anybody.
//
// THREAD  publish() on the owner's thread; read() on any.
// ORDER   no fences, because ThreadSanitizer does not model them: a Counter is copied with acquire and release. So a
//         reader that reads a word of a later publication also sees its odd version.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace logsniffd {

// REQUIRED: Block is made only of Counters, and is small: a reader that meets a publication starts again.
template <class Block>
class Published {
 public:
  // `fill` gets the block that readers see, and assigns to each of its counters.
  template <class Fill>
  void publish(Fill fill) {
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);  // before the words, which are stored with release
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
    return version_.load(std::memory_order_relaxed) == before;  // after the words, which are loaded with acquire
  }

  std::atomic<std::uint64_t> version_{0};
  Block block_;
};

}  // namespace logsniffd
