// The last gaps of each stream that has one: bytes of them that come later are late, and no duplicates.
//
// A stream has a gap before its first byte too, as far back as anything can be sent again: it may have been joined at a
// stray segment.
// It is also remembered here what tells whether the sender is in a gap: where the stream stood when it gave a hole up,
// what was taken for its bytes there, and the last late bytes.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  one entry for each stream that has an open gap, of at most kGaps gaps and the first bytes behind kBelieved of
//         them: of older ones, late bytes count as duplicates.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

struct Gap {
  StreamOffset from;
  StreamOffset until;
};

// What was held behind a hole and passed on when the hole was given up.
struct Believed {
  static constexpr std::size_t kFirst = 32;

  StreamOffset from = 0;
  StreamOffset until = 0;
  std::size_t known = 0;                     // how many of its first bytes are kept
  std::array<std::uint8_t, kFirst> first{};  // these
};

class StreamGaps {
 public:
  static constexpr std::size_t kGaps = 16;
  static constexpr std::size_t kBelieved = 8;

  // REQUIRED: behind all that were added before.
  void add(StreamOffset from, StreamOffset until);
  // The first gap that has a byte behind `offset`.
  [[nodiscard]] const Gap* at_or_behind(StreamOffset offset) const;
  // These bytes have come after all. REQUIRED: all of them lie in one gap.
  void fill(StreamOffset from, StreamOffset until);

  // The sender may still say other bytes here than those that were passed on. REQUIRED: no gap has a byte of these.
  void open(StreamOffset from, StreamOffset until);

  // Bytes behind a hole were passed on.
  void believe(const Believed& believed);
  // Payload that begins at `offset` came. Where it differs from the first of believed bytes, those are a forgery, and
  // the rest of their place is opened; a gap that ends at `offset` grows over it. Gives whether that happened.
  bool refute(StreamOffset offset, Bytes payload);

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
  std::vector<Believed> believed_;              // in the order in which they were passed on
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
