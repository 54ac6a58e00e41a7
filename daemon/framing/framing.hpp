// What all framers of one capture worker share: the maximum length of a frame, and how much of unfinished frames
// is held.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/framing/evidence.hpp"
#include "daemon/framing/framing_options.hpp"

namespace logsniffd::framing {

struct FramingLimits {
  std::uint64_t record_bytes;   // longer records are cut here, at a UTF-8 boundary, and marked
  std::uint64_t partial_bytes;  // memory for unfinished records of all connections; beyond it the one that grows is cut
};

// INVARIANT  the bytes given to the framers of streams = those of the frames that they gave + overhead_bytes +
//            skipped_bytes + resync_skipped_bytes + foreign_bytes + those held (partial_bytes is the memory that
//            these take).
struct FramingCounters {
  Counter partial_bytes;         // a gauge: the capacities of all buffers that hold something
  Counter truncated;             // records cut because of a limit
  Counter skipped_bytes;         // what was cut off
  Counter overhead_bytes;        // counts, lengths, delimiters, and what was trimmed
  Counter false_lengths;         // impossible counts and lengths, and places where one was missing
  Counter resyncs;               // completed searches for a boundary, after a gap or a false length
  Counter resync_skipped_bytes;  // bytes that such a search passed and no frame shows
  Counter foreign_bytes;         // of streams that hold no records
  Counter proxy_headers;         // headers of the PROXY protocol that were removed; their bytes are overhead
  std::array<Counter, kEvidenceNames.size()> decided;  // streams, by evidence; a stream may turn to counting later
  std::array<Counter, kForeignNames.size()> foreign;   // streams

  void count(Evidence evidence) { decided[static_cast<std::size_t>(evidence)].add(); }
  void count(Foreign what) { foreign[static_cast<std::size_t>(what)].add(); }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    for (std::size_t i = 0; i < self.decided.size(); ++i) visit(CounterName(kEvidenceNames[i]), self.decided[i]);
    for (std::size_t i = 0; i < self.foreign.size(); ++i) visit(CounterName(kForeignNames[i]), self.foreign[i]);
    visit("truncated", self.truncated);
    visit("skipped_bytes", self.skipped_bytes);
    visit("foreign_bytes", self.foreign_bytes);
    visit("proxy_headers", self.proxy_headers);
    visit("false_lengths", self.false_lengths);
    visit("resyncs", self.resyncs);
    visit("resync_skipped_bytes", self.resync_skipped_bytes);
    visit("overhead_bytes", self.overhead_bytes);
    visit(CounterName("partial_bytes").gauge(), self.partial_bytes);
  }
};
static_assert(names_every_counter<FramingCounters>());

using Buffer = std::vector<std::uint8_t>;
struct Partial;

// Keeps the buffers of complete records for the next records that cross segments. A framer between two records
// holds none.
// BOUNDS  kBuffers of at most kBufferBytes, in addition to limits.partial_bytes.
class SpareBuffers {
 public:
  static constexpr std::size_t kBuffers = 256;
  static constexpr std::size_t kBufferBytes = 4096;

  SpareBuffers();
  ~SpareBuffers();

  [[nodiscard]] std::unique_ptr<Partial> take(std::uint64_t most_bytes);  // empty, its capacity not above `most_bytes`
  void give(std::unique_ptr<Partial> partial);

 private:
  std::vector<std::unique_ptr<Partial>> partials_;
};

struct FramingContext {
  FramingLimits limits;
  FramingCounters counters;
  SpareBuffers spare = {};
};

// The length of the longest prefix of `bytes`, at most `limit`, that does not end inside a UTF-8 sequence.
[[nodiscard]] std::size_t utf8_prefix(Bytes bytes, std::size_t limit);

}  // namespace logsniffd::framing
