// The last gaps of each stream that has one: bytes of them that come later are late, and no duplicates.
//
// A stream that joined late has a gap before its first byte, as far back as anything can be sent again.
// Where a long gap was an error (a forged segment, or the first one seen was astray), the sender goes on inside it: a
// run of late bytes without a break. That is followed here, so that the reassembler can return to its sender.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  one entry for each stream that has an open gap, of at most kGaps gaps: of older ones, late bytes count as
//         duplicates.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <vector>

#include "daemon/base/time.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

class StreamGaps {
 public:
  static constexpr std::size_t kGaps = 16;

  // REQUIRED: behind all that were added before.
  void add(StreamOffset from, StreamOffset until);
  // How many of the bytes before `end`, from `offset` on, lie in a gap.
  [[nodiscard]] std::uint64_t late_bytes(StreamOffset offset, StreamOffset end) const;
  // Whether all of them lie in one gap that is longer than `length`.
  [[nodiscard]] bool within_long_gap(StreamOffset offset, StreamOffset end, StreamOffset length) const;

  // Late bytes came while `expected` was expected. Gives how long they have followed each other without a break, and
  // while nothing else came of the stream.
  Duration follow(StreamOffset offset, StreamOffset end, StreamOffset expected, PacketTime seen_at);
  [[nodiscard]] StreamOffset run_bytes() const { return run_until_ - run_from_; }

 private:
  struct Gap {
    StreamOffset from;
    StreamOffset until;
  };

  std::vector<Gap> gaps_;  // in stream order
  StreamOffset run_from_ = 0;
  StreamOffset run_until_ = 0;
  StreamOffset run_expected_ = 0;
  PacketTime run_since_{};
};

class GapMemory {
 public:
  StreamGaps& of(StreamId stream) { return gaps_[stream.index()]; }
  void forget(StreamId stream) { gaps_.erase(stream.index()); }

 private:
  absl::flat_hash_map<std::size_t, StreamGaps> gaps_;
};

}  // namespace logsniffd::tcp
