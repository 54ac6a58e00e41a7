#include "daemon/framing/buffer_shelf.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace logsniffd::framing {
namespace {

std::size_t size_class(std::size_t capacity) { return static_cast<std::size_t>(std::bit_width(capacity)) - 1; }

}  // namespace

std::size_t BufferShelf::capacity_for(std::size_t bytes) { return std::bit_ceil(std::max(bytes, kLeastBytes)); }

Buffer BufferShelf::take(std::size_t bytes) {
  const std::size_t capacity = capacity_for(bytes);
  std::vector<Buffer>& same = by_size_[size_class(capacity)];
  Buffer buffer;
  if (same.empty()) {
    buffer.reserve(capacity);
    return buffer;
  }
  buffer = std::move(same.back());
  same.pop_back();
  held_ -= capacity;
  return buffer;
}

void BufferShelf::give(Buffer buffer) {
  const std::size_t capacity = buffer.capacity();
  if (capacity == 0 || capacity > kShelfBytes - held_) return;
  buffer.clear();
  by_size_[size_class(capacity)].push_back(std::move(buffer));
  held_ += capacity;
}

}  // namespace logsniffd::framing
