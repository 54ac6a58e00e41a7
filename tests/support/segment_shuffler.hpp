// Does to a byte stream what a network does: cuts it into segments that come late, twice, overlapping or never.
//
// Deterministic: the same seed and the same calls give the same segments, on any machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace logsniffd::test {

// One segment of the stream: `size` bytes from `offset`, at the sequence number `seq`.
struct StreamPiece {
  std::size_t offset;
  std::size_t size;
  std::uint32_t seq;  // first_seq + offset, modulo 2^32
};

struct ShufflePlan {
  std::uint32_t first_seq = 0;  // of offset 0; near 2^32 it wraps
  std::size_t largest = 1460;   // sizes are 1 to this
  std::size_t window = 0;       // a segment comes at most this many places late; 0: in order
  // Of 1000 segments, this many...
  unsigned duplicated = 0;   // come twice, the copy somewhere within the window
  unsigned overlapping = 0;  // begin with bytes that earlier segments already brought
  unsigned lost = 0;         // never come
};

struct ShuffledStream {
  std::vector<StreamPiece> pieces;  // in the order of arrival
  std::vector<StreamPiece> holes;   // what no piece covers: sorted, disjoint, and joined if they touch
};

class SegmentShuffler {
 public:
  explicit SegmentShuffler(std::uint64_t seed) : random_(seed) {}

  // If `size` is 0, there are no pieces.
  [[nodiscard]] ShuffledStream shuffle(std::size_t size, const ShufflePlan& plan);

  // 0 to bound - 1. REQUIRED: bound > 0.
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool chance(unsigned of_1000) { return below(1000) < of_1000; }

 private:
  std::vector<StreamPiece> cut(std::size_t size, const ShufflePlan& plan);
  void repeat_and_delay(std::vector<StreamPiece>& pieces, const ShufflePlan& plan);

  std::mt19937_64 random_;  // its sequence is fixed by the standard, unlike that of the distributions
};

}  // namespace logsniffd::test
