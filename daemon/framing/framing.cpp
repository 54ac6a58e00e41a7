#include "daemon/framing/framing.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::framing {

std::unique_ptr<Buffer> SpareBuffers::take() {
  if (buffers_.empty()) return std::make_unique<Buffer>();
  std::unique_ptr<Buffer> buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void SpareBuffers::give(std::unique_ptr<Buffer> buffer) {
  if (buffers_.size() == kBuffers || buffer->capacity() > kBufferBytes) return;
  buffer->clear();
  buffers_.push_back(std::move(buffer));
}

std::size_t utf8_prefix(Bytes bytes, std::size_t limit) {
  const std::size_t size = std::min(bytes.size(), limit);
  // The last lead byte within the prefix; a sequence has at most 4 bytes (RFC 3629, 3).
  for (std::size_t back = 1; back <= std::min<std::size_t>(4, size); ++back) {
    const std::uint8_t b = bytes[size - back];
    if ((b & 0xc0) == 0x80) continue;  // continuation
    const std::size_t needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
    return needed > back ? size - back : size;
  }
  return size;  // no UTF-8 at all: cut anywhere
}

}  // namespace logsniffd::framing
