// The only place with 32-bit sequence arithmetic (RFC 9293, 3.4). Behind it, a stream has 64-bit offsets from 0.
#pragma once

#include <cstdint>

namespace logsniffd::tcp {

// A position in a stream; 0 is its first byte. Negative: before the point where the capture joined it.
using StreamOffset = std::int64_t;

// No TCP sender may have more than 2^30 bytes in flight (RFC 7323, 2.3): what is farther away belongs to no window.
inline constexpr StreamOffset kMaxWindow = StreamOffset{1} << 30;

class SequenceSpace {
 public:
  SequenceSpace() = default;
  explicit SequenceSpace(std::uint32_t first_seq) : first_seq_(first_seq) {}  // the sequence number of offset 0

  // The offset that `seq` stands for: of all candidates, 2^32 apart, the one closest to `near`.
  [[nodiscard]] StreamOffset offset_near(std::uint32_t seq, StreamOffset near) const {
    const std::uint32_t near_seq = first_seq_ + static_cast<std::uint32_t>(near);
    return near + static_cast<std::int32_t>(seq - near_seq);
  }

  [[nodiscard]] std::uint32_t first_seq() const { return first_seq_; }

 private:
  std::uint32_t first_seq_ = 0;
};

}  // namespace logsniffd::tcp
