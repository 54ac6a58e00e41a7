// What all framers of one capture worker share: how long a frame may get, and how much of unfinished frames is held.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter.hpp"

namespace logsniffd::framing {

enum class Method : std::uint8_t {
  automatic,  // streams: whichever of LF and NUL comes first ends this connection's records; datagrams: one record each
  lines,      // LF, a CR before it removed
  nul,        // NUL
  datagram,   // one record a datagram; on a stream the same as automatic
};

struct FramingLimits {
  std::uint64_t record_bytes;   // longer records are cut here, at a UTF-8 boundary, and say so
  std::uint64_t partial_bytes;  // of unfinished records, all connections: beyond it the one that grows is cut
};

// INVARIANT  the payload bytes of partial records sum up to partial_bytes.
struct FramingCounters {
  Counter partial_bytes;  // a gauge
  Counter truncated;      // records cut because of a limit
  Counter skipped_bytes;  // what was cut off
};

using Buffer = std::vector<std::uint8_t>;

// Buffers of records that are complete, for the next ones that cross segments: a framer between two records holds none.
// BOUNDS  kBuffers of at most kBufferBytes.
class SpareBuffers {
 public:
  static constexpr std::size_t kBuffers = 256;
  static constexpr std::size_t kBufferBytes = 4096;

  [[nodiscard]] std::unique_ptr<Buffer> take();  // empty
  void give(std::unique_ptr<Buffer> buffer);

 private:
  std::vector<std::unique_ptr<Buffer>> buffers_;
};

struct FramingContext {
  FramingLimits limits;
  FramingCounters counters;
  SpareBuffers spare = {};
};

// The length of the longest prefix of `bytes`, at most `limit`, that does not end inside a UTF-8 sequence.
[[nodiscard]] std::size_t utf8_prefix(Bytes bytes, std::size_t limit);

}  // namespace logsniffd::framing
