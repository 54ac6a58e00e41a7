// The only place with 32-bit sequence arithmetic (RFC 9293, 3.4). Outside it, a stream has 64-bit offsets from 0.
#pragma once

#include <cstdint>

namespace logsniffd::tcp {

// A position in a stream; 0 is its first byte. Negative: before the point where the capture joined it.
using StreamOffset = std::int64_t;

// Bytes older than this are never sent again. RFC 7323, 2.3 would allow 2^30 bytes in flight, but half of that
// exceeds what any host grants a connection; and a number that cannot be a retransmission can then be taken for the
// end of a long outage.
inline constexpr StreamOffset kReachBack = StreamOffset{1} << 29;

class SequenceSpace {
 public:
  SequenceSpace() = default;
  explicit SequenceSpace(std::uint32_t first_seq) : first_seq_(first_seq) {}  // the sequence number of offset 0

  // The offset that `seq` stands for in a stream in which `next` is expected. Of all candidates, which are 2^32
  // apart, it is the one that can be a retransmission, otherwise the one ahead: in [next - kReachBack, next -
  // kReachBack + 2^32).
  [[nodiscard]] StreamOffset offset(std::uint32_t seq, StreamOffset next) const {
    const StreamOffset oldest = next - kReachBack;
    return oldest + static_cast<std::uint32_t>(seq - seq_at(oldest));
  }

  // `seq` stands for `at` from now on.
  void move(std::uint32_t seq, StreamOffset at) { first_seq_ = seq - static_cast<std::uint32_t>(at); }

  [[nodiscard]] std::uint32_t seq_at(StreamOffset at) const { return first_seq_ + static_cast<std::uint32_t>(at); }

 private:
  std::uint32_t first_seq_ = 0;
};

}  // namespace logsniffd::tcp
