// Joins the lines of one stream that belong together into one record, before anything reads what they say.
//
// The mode decides which lines belong together (JoinMode). A record ends where the next one starts, when its stream has
// been silent for the timeout, at a gap, at the stream's end, or at a limit. Until then it is held here, including the
// last line of every stream. Lines are joined with LF, and nothing else is added or removed.
//
// Whether a line inside an exception's message belongs to the record is decided only by a later line (StackTrace). Such
// lines are held in addition to the record, at most StackTrace::kMostDoubts of them and as many bytes as a record may
// have, until the first of them has waited for the timeout. Without proof by then each is a record of its own.
//
// THREAD     confined to the capture worker that owns it.
// DAMAGE     a record is as bad as the worst of its lines, in the order of worse_of(). The two sides of a gap are never
//            joined, because the owner calls flush(gap) between them. The record before the gap may have continued in
//            the hole, and is marked gap. A record that ends by time or at its stream's end is considered whole.
// BOUNDS     limits.record_bytes a record, limits.held_bytes in all (capacities and bookkeeping, see PendingRecords). A
//            record that outgrows either is handed on as far as it came (for record_bytes: up to a UTF-8 boundary),
//            marked truncated, and its further lines are skipped and counted. If there is no room to begin another
//            record, lines are handed on one by one, unmarked, because nothing of them is lost.
// COST       of a line: its bytes and a hash look-up, whatever the number of streams; of expire(): what expires. In
//            steady state nothing is allocated. A stream without a waiting record costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/time.hpp"
#include "daemon/framing/join_mode.hpp"
#include "daemon/framing/line_start.hpp"
#include "daemon/framing/pending_records.hpp"

namespace logsniffd::framing {

// May differ from call to call, as after a reload.
struct JoinOptions {
  JoinMode mode = JoinMode::traceback;
  const LineStart* start = nullptr;  // REQUIRED in mode start
  Duration timeout{};                // since the last line of the record; REQUIRED: not negative, and below 50 years
};

struct JoinLimits {
  std::uint64_t record_bytes;
  std::uint64_t held_bytes;
};

enum class JoinEnd : std::uint8_t { start, timeout, end, gap, limit };
inline constexpr std::array<std::string_view, 5> kFlushedByNames{"by_start", "by_timeout", "by_end", "by_gap",
                                                                 "by_limit"};

// INVARIANT  lines = records + joined_lines + skipped_lines + pending;  records = the sum of flushed_by.
struct JoinCounters {
  Counter lines;          // given to line()
  Counter records;        // handed on
  Counter joined_lines;   // that continued a record, and are in it (the last one perhaps in part)
  Counter skipped_lines;  // that continued a record that was cut, and are lost
  Counter skipped_bytes;  // of those lines, and of the parts that were cut off
  Counter pending;        // a gauge: records that wait, and lines that wait for a later line to decide
  Counter no_room;        // of flushed_by limit: because of held_bytes
  std::array<Counter, kFlushedByNames.size()> flushed_by;  // by JoinEnd

  [[nodiscard]] const Counter& by(JoinEnd end) const { return flushed_by[static_cast<std::size_t>(end)]; }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("lines"), self.lines);
    visit(part("records"), self.records);
    visit(part("joined_lines"), self.joined_lines);
    visit(part("skipped_lines"), self.skipped_lines);
    visit("skipped_bytes", self.skipped_bytes);
    visit(part("pending").gauge(), self.pending);
    for (std::size_t i = 0; i < self.flushed_by.size(); ++i) visit(CounterName(kFlushedByNames[i]), self.flushed_by[i]);
    visit("no_room", self.no_room);
  }
};
static_assert(names_every_counter<JoinCounters>());

// LIFETIME  `record` is valid only during the call. REQUIRED: the joiner is not called from within.
class JoinObserver {
 public:
  // `origin`: that of the record's first line.
  virtual void on_joined(const RecordOrigin& origin, Bytes record, Integrity integrity) = 0;
  // Whether bytes of the stream wait after a hole. Its silence then ends no record.
  [[nodiscard]] virtual bool is_held_up(JoinKey) const { return false; }

 protected:
  ~JoinObserver() = default;
};

// The worst first: gap (unknown bytes are missing), truncated (known ones are), joined_late (the start may be),
// unfinished (the end was not seen), whole.
[[nodiscard]] Integrity worse_of(Integrity a, Integrity b);

class LineJoiner {
 public:
  explicit LineJoiner(const JoinLimits& limits) : limits_(limits), records_(limits.held_bytes) {}

  // On a reload: what is held beyond a lower limit grows no further.
  void set_limits(const JoinLimits& limits);

  // `line` without its delimiter; it may be empty.
  void line(const RecordOrigin& origin, const JoinOptions& options, Bytes line, Integrity integrity,
            JoinObserver& observer);

  // Hands on the record that waits under the key, if there is one. `why`: end, gap, or timeout if the owner itself has
  // lost patience (a connection that is forgotten).
  void flush(JoinKey key, JoinEnd why, JoinObserver& observer);
  // At the end of everything: hands on all records, in the order in which their time would have been up.
  void flush_all(JoinObserver& observer);
  // Hands on the records whose time is up, in that order. line() does the same for the record of its own stream.
  void expire(PacketTime now, JoinObserver& observer) {
    if (!records_.empty()) [[unlikely]]
      hand_on_due(now, observer);
  }
  // The time within which expire() has to be called; nullopt: not before the next line.
  [[nodiscard]] std::optional<Duration> expire_within(PacketTime now) const { return records_.due_within(now); }

  [[nodiscard]] const JoinCounters& counters() const { return counters_; }
  [[nodiscard]] const Counter& held_bytes() const { return records_.held_bytes(); }  // a gauge

 private:
  void hand_on_due(PacketTime now, JoinObserver& observer);
  void begin(const RecordOrigin& origin, const JoinOptions& options, Bytes line, Integrity integrity,
             JoinObserver& observer);
  void start(PendingRecord& record, const RecordOrigin& origin, const JoinOptions& options, Bytes line,
             Integrity integrity, JoinObserver& observer);
  void judge(PendingRecord& record, const RecordOrigin& origin, const JoinOptions& options, Bytes line,
             Integrity integrity, JoinObserver& observer);
  [[nodiscard]] bool hold(PendingRecord& record, Bytes line, Integrity integrity, PacketTime seen_at);
  void part(PendingRecord& record, const RecordOrigin& origin, const JoinOptions& options, Bytes line,
            Integrity integrity, JoinObserver& observer);
  void take_doubtful(PendingRecord& record, JoinObserver& observer);
  void pass(const RecordOrigin& origin, Bytes line, Integrity integrity, JoinObserver& observer);
  void go_on(PendingRecord& record, Bytes line, Integrity integrity, JoinObserver& observer);
  void append(PendingRecord& record, Bytes line, JoinObserver& observer);
  void cut(PendingRecord& record, JoinObserver& observer);
  void hand_on_front(const RecordOrigin& origin, Bytes line, Integrity integrity, JoinObserver& observer);
  void skip(Bytes line);
  void finish(PendingRecord& record, JoinEnd why, JoinObserver& observer);
  void complete(PendingRecord& record, JoinEnd why, JoinObserver& observer);
  void hand_on_held(PendingRecord& record, JoinEnd why, JoinObserver& observer);
  void hand_on(const RecordOrigin& origin, Bytes record, Integrity integrity, JoinEnd why, JoinObserver& observer);

  JoinLimits limits_;
  JoinCounters counters_;
  PendingRecords records_;
};

}  // namespace logsniffd::framing
