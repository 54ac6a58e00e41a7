// Remembers the last gaps of each stream that has any: bytes of a gap that arrive later are late, not duplicates.
//
// Every stream also has a gap before its first byte, as far back as a sender can retransmit: the capture may have
// joined it at a stray segment. This memory also holds what shows whether the sender is in a gap: where the stream
// stood when it gave up a hole, what was taken for its bytes there, and the last late bytes.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  one entry for each stream that has an open gap, with at most kGaps gaps and the first bytes after kBelieved
//         of them: late bytes of older gaps count as duplicates.
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

// Bytes that were held behind a hole and passed on when the hole was given up.
struct Believed {
  static constexpr std::size_t kFirst = 32;

  StreamOffset from = 0;
  StreamOffset until = 0;
  std::size_t known = 0;                     // how many of its first bytes are kept
  std::array<std::uint8_t, kFirst> first{};  // those bytes
};

class StreamGaps {
 public:
  static constexpr std::size_t kGaps = 16;
  static constexpr std::size_t kBelieved = 8;

  // REQUIRED: after all gaps that were added before.
  void add(StreamOffset from, StreamOffset until);
  // The first gap that has a byte at `offset` or after it.
  [[nodiscard]] const Gap* at_or_behind(StreamOffset offset) const;
  // These bytes have arrived after all. REQUIRED: all of them lie in one gap.
  void fill(StreamOffset from, StreamOffset until);

  // The sender may still send bytes here that differ from those passed on. REQUIRED: no gap has a byte of these.
  void open(StreamOffset from, StreamOffset until);

  // Bytes behind a hole were passed on.
  void believe(const Believed& believed);
  // Payload that begins at `offset` arrived. If it differs from the first of the believed bytes, those are a forgery,
  // and the rest of their place is opened; a gap that ends at `offset` grows over it. Returns true if that happened.
  bool refute(StreamOffset offset, Bytes payload);

  // The stream has stood at `place` since it gave up a hole. While it stands there, nothing has arrived there.
  void stand_at(StreamOffset place) { stands_at_ = place; }
  [[nodiscard]] bool nobody_talked_at(StreamOffset place) const { return stands_at_ == place; }

  // Late bytes arrived while `expected` was expected. Returns true if they continue the last late bytes, and nothing
  // else of the stream arrived in between.
  bool follow(StreamOffset offset, StreamOffset end, StreamOffset expected);

  // While `expected` was expected, the receiver acknowledged everything before `acked`.
  void hint(StreamOffset acked, StreamOffset expected);
  // The offset of that acknowledgement, if nothing arrived since; otherwise `expected`.
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
