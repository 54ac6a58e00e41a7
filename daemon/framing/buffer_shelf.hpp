// Keeps used buffers for reuse, so that nothing is allocated between two records, however long they are.
//
// Capacities are powers of two, so that a buffer is never much larger than requested.
// BOUNDS  keeps at most kShelfBytes; a buffer that does not fit is freed.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

class BufferShelf {
 public:
  static constexpr std::size_t kLeastBytes = 256;
  static constexpr std::size_t kShelfBytes = 1024 * 1024;

  // The capacity of the buffer that take(bytes) gives.
  [[nodiscard]] static std::size_t capacity_for(std::size_t bytes);
  [[nodiscard]] Buffer take(std::size_t bytes);  // empty
  void give(Buffer buffer);                      // REQUIRED: from take()

 private:
  std::array<std::vector<Buffer>, 64> by_size_;  // capacity 2^i
  std::size_t held_ = 0;
};

}  // namespace logsniffd::framing
