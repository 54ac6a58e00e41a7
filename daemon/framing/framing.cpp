#include "daemon/framing/framing.hpp"

#include <algorithm>
#include <utility>

#include "daemon/framing/partial.hpp"

namespace logsniffd::framing {

SpareBuffers::SpareBuffers() = default;
SpareBuffers::~SpareBuffers() = default;

std::unique_ptr<Partial> SpareBuffers::take(std::uint64_t most_bytes) {
  if (partials_.empty() || partials_.back()->bytes.capacity() > most_bytes) return std::make_unique<Partial>();
  std::unique_ptr<Partial> partial = std::move(partials_.back());
  partials_.pop_back();
  return partial;
}

void SpareBuffers::give(std::unique_ptr<Partial> partial) {
  if (partials_.size() == kBuffers || partial->bytes.capacity() > kBufferBytes) return;
  partial->bytes.clear();
  partial->begin = partial->wanted = 0;
  partials_.push_back(std::move(partial));
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
  return size;  // not UTF-8: cut anywhere
}

}  // namespace logsniffd::framing
