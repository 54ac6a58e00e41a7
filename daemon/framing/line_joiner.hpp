// Joins the lines of one stream that belong together into one record, before anything reads what they say.
//
// Which lines do is told by the mode: see JoinMode. A record ends where the next one starts, when its stream has been
// silent for the timeout, at a gap, at the stream's end, or at a limit; until then it is held here, the last line of
// every stream among them. Lines are joined with LF, and nothing else is added or taken away.
//
// Of a line inside an exception's message only a later line can tell whether it belongs (StackTrace). Such lines are
// held beside the record, at most StackTrace::kMostDoubts of them and as many bytes as a record may have, until the
// first of them has waited for the timeout. Without proof by then each is a record of its own.
//
// THREAD     confined to the capture worker that owns it.
// DAMAGE     a record is as bad as the worst of its lines, in the order of worse_of(). What lies on the two sides of a
//            gap is never joined, for the owner calls flush(gap) between; the record in front of it may have gone on in
//            the hole, and is marked gap. A record that ends by time or at its stream's end is taken for whole.
// BOUNDS     limits.record_bytes a record, limits.held_bytes in all (capacities and bookkeeping, see PendingRecords). A
//            record that outgrows either is handed on as far as it came (of record_bytes: up to a UTF-8 boundary),
//            marked truncated, and its further lines are skipped and counted. Where there is no room to begin another
//            record, lines are handed on one by one, unmarked, for nothing of them is lost.
// COST       of a line: its bytes and a hash look-up, whatever the number of streams; of expire(): what expires. In
//            steady state nothing is allocated. A stream without a record that waits costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/time.hpp"
#include "daemon/framing/line_start.hpp"
#include "daemon/framing/pending_records.hpp"

namespace logsniffd::framing {

enum class JoinMode : std::uint8_t {
  start,      // a line that `start` knows starts a record, every other one goes on with it
  indent,     // a line that begins with a space or TAB goes on, every other one starts a record
  traceback,  // stack traces, with the log line in front of them (StackTrace); every other line is a record
};

// May be another one in each call, as after a reload.
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
  Counter joined_lines;   // that went on with a record, and are in it (the last one perhaps in part)
  Counter skipped_lines;  // that went on with a record that was cut, and are lost
  Counter skipped_bytes;  // of those, and of the parts that were cut off
  Counter pending;        // a gauge: records that wait, and lines of which a later one tells where they belong
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
  // `origin`: of its first line.
  virtual void on_joined(const RecordOrigin& origin, Bytes record, Integrity integrity) = 0;
  // Bytes of the stream wait behind a hole, so that its silence ends no record.
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

  // A reload: what is held beyond a lower limit grows no further.
  void set_limits(const JoinLimits& limits);

  // `line` without its delimiter; it may be empty.
  void line(const RecordOrigin& origin, const JoinOptions& options, Bytes line, Integrity integrity,
            JoinObserver& observer);

  // What waits under the key, if anything does, is a record. `why`: end, gap, or timeout where the owner's own patience
  // is over (a connection that is forgotten).
  void flush(JoinKey key, JoinEnd why, JoinObserver& observer);
  // At the end of everything: in the order in which their time would have been up.
  void flush_all(JoinObserver& observer);
  // Those whose time is up, which a line of their own stream would find too: in that order.
  void expire(PacketTime now, JoinObserver& observer);
  // Within which time expire() wants to be called; nullopt: not before the next line.
  [[nodiscard]] std::optional<Duration> expire_within(PacketTime now) const { return records_.due_within(now); }

  [[nodiscard]] const JoinCounters& counters() const { return counters_; }
  [[nodiscard]] const Counter& held_bytes() const { return records_.held_bytes(); }  // a gauge

 private:
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
