// The last gaps of each stream that has one: bytes of them that come later are late, and no duplicates.
//
// A stream has a gap before its first byte too, as far back as anything can be sent again: it may have been joined at a
// stray segment.
// It is also remembered here what tells whether the sender is in a gap: where the stream stood when it gave a hole up,
// and the last late bytes.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  one entry for each stream that has an open gap, of at most kGaps gaps: of older ones, late bytes count as
//         duplicates.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

struct Gap {
  StreamOffset from;
  StreamOffset until;
};

class StreamGaps {
 public:
  static constexpr std::size_t kGaps = 16;

  // REQUIRED: behind all that were added before.
  void add(StreamOffset from, StreamOffset until);
  // The first gap that has a byte behind `offset`.
  [[nodiscard]] const Gap* at_or_behind(StreamOffset offset) const;
  // These bytes have come after all. REQUIRED: all of them lie in one gap.
  void fill(StreamOffset from, StreamOffset until);

  // The stream stands at `place` since it gave up a hole; while it stands there, nobody has talked there.
  void stand_at(StreamOffset place) { stands_at_ = place; }
  [[nodiscard]] bool nobody_talked_at(StreamOffset place) const { return stands_at_ == place; }

  // Late bytes came while `expected` was expected. Gives whether they follow the last ones, and nothing else of the
  // stream came in between.
  bool follow(StreamOffset offset, StreamOffset end, StreamOffset expected);

  // The receiver said, while `expected` was expected, that it has everything before `acked`.
  void hint(StreamOffset acked, StreamOffset expected);
  // What it said, if nothing came since; else `expected`.
  [[nodiscard]] StreamOffset hinted_until(StreamOffset expected) const;

 private:
  static constexpr StreamOffset kNowhere = std::numeric_limits<StreamOffset>::min();

  std::vector<Gap> gaps_ = {{-kReachBack, 0}};  // in stream order, disjoint
  StreamOffset stands_at_ = kNowhere;
  StreamOffset run_until_ = kNowhere;
  StreamOffset run_expected_ = 0;
  StreamOffset hinted_until_ = 0;
  StreamOffset hinted_at_ = kNowhere;
};

class GapMemory {
 public:
  StreamGaps& of(StreamId stream) { return gaps_[stream.index()]; }
  void forget(StreamId stream) { gaps_.erase(stream.index()); }

 private:
  absl::flat_hash_map<std::size_t, StreamGaps> gaps_;
};

}  // namespace logsniffd::tcp
