// Makes a steady time from the times of packets. Everything that waits in a table is measured with it.
//
// The clock that stamps packets may be set back or forward (NTP after a boot, an administrator, a damaged capture
// file). A table that compares such times would keep its entries for the size of the step, or drop all of them
// immediately. So each packet's time passes through at() once. Steady time continues from its last value when the
// clock steps, and equals the packet's own time as long as no step was seen. original() converts it back for
// display to people.
//
// A step back shows in the packets: their time lies further back than `slack`, by which packets of several queues may
// overtake each other. A step forward cannot be told from a pause by packets alone, and a capture file has nothing
// else: there the time passes, unless the pause exceeds kLongestPause, which counts as a step. In live capture
// heard() supplies the machine's steady clock, which no step moves, and the time of packets never runs ahead of it by
// more than `slack`.
//
// In a file, a packet that fits the time before the last step returns to that time. So neither one packet with a wrong
// time (1970, if its stamp was not written) nor two clocks that are read by turns make the time run.
//
// THREAD     confined to its owner.
// INVARIANT  at() never goes back by more than `slack`, and never by more than the packets did since the last step.
//            original(at(t)) == t for the latest t. It also holds for earlier ones, except for a packet that was
//            overtaken at the moment of a step (wrong by as much as it was overtaken).
// BOUNDS     remembers the last kRemembered steps. Steady time ends in the year 2242 and stands still from then on:
//            only a forged file reaches it.
// COST       two comparisons without a step; allocates when a step is seen.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "daemon/base/counter_block.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd {

struct ClockCounters {
  Counter steps_back;
  Counter steps_forward;  // in a file: those beyond kLongestPause, and returns from a step back

  [[nodiscard]] std::uint64_t steps() const { return steps_back.get() + steps_forward.get(); }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit("steps_back", self.steps_back);
    visit("steps_forward", self.steps_forward);
  }
};
static_assert(names_every_counter<ClockCounters>());

class PacketClock {
 public:
  static constexpr std::size_t kRemembered = 4096;
  static constexpr Duration kLongestPause = std::chrono::hours(24 * 30);  // in a file

  // `slack`: by how much packets may overtake each other. REQUIRED: not negative, below a year.
  explicit PacketClock(Duration slack) : slack_(slack) {}
  void set_slack(Duration slack) { slack_ = slack; }

  // Returns the steady time of a packet, or of a reading of the clock that stamps packets. REQUIRED: `stamp` lies in
  // the years 1970 to 2116.
  PacketTime at(PacketTime stamp) {
    PacketTime steady = shifted(stamp);
    if (steady > latest_ && steady <= ceiling_) [[likely]] {
      latest_ = steady;
    } else if (steady > latest_) {
      steady = forward(stamp, steady);
    } else if (latest_ - steady > slack_) [[unlikely]] {
      steady = step(stamp, counters_.steps_back, returned(stamp, PacketTime::max()));
    } else {
      steady = std::max(steady, line_start_);
    }
    stamp_ = stamp;
    steady_ = steady;
    return steady;
  }

  // Returns the packet time from which at() made `steady`.
  [[nodiscard]] PacketTime original(PacketTime steady) const {
    if (lines_.empty()) [[likely]]
      return steady;
    if (steady == steady_) return stamp_;
    const auto behind = std::upper_bound(lines_.begin(), lines_.end(), steady,
                                         [](PacketTime time, const Line& line) { return time < line.start; });
    return steady - (behind == lines_.begin() ? lost_offset_ : std::prev(behind)->offset);
  }

  // Live capture: both clocks of the machine at one moment. REQUIRED: called before the packets for the next at() are
  // read, and often enough: a packet that arrives more than `slack` after the last call counts as a step.
  void heard(SteadyTime now, PacketTime wall) {
    if (!live_) {
      live_ = true;
      epoch_ = wall - now.time_since_epoch();
    }
    now_ = epoch_ + now.time_since_epoch();
    ceiling_ = now_ + slack_;
  }

  // The latest steady time that is known: of a packet or, in live capture, of the last call of heard().
  [[nodiscard]] PacketTime latest() const { return live_ ? std::max(latest_, now_) : latest_; }

  [[nodiscard]] const ClockCounters& counters() const { return counters_; }

 private:
  // From `start` on, steady time is the stamp plus `offset`.
  struct Line {
    PacketTime start;
    Duration offset;
  };
  // 20 years before the end of PacketTime, so that a time-out can be added to every steady time.
  static constexpr PacketTime kEnd = PacketTime::max() - std::chrono::hours(24 * 365 * 20);

  [[nodiscard]] PacketTime shifted(PacketTime stamp) const { return shifted(stamp, offset_); }
  [[nodiscard]] static PacketTime shifted(PacketTime stamp, Duration offset) {
    Duration::rep sum = 0;
    const bool beyond = __builtin_add_overflow(stamp.time_since_epoch().count(), offset.count(), &sum);
    return beyond ? PacketTime::max() : PacketTime(Duration(sum));
  }

  // The time of a packet beyond the ceiling. In a file the ceiling only marks where to check whether time has passed.
  PacketTime forward(PacketTime stamp, PacketTime steady) {
    if (live_) return step(stamp, counters_.steps_forward, PacketTime::min());
    const PacketTime before = returned(stamp, steady);
    const bool first = latest_ == PacketTime::min();
    const bool pause = first || (steady <= kEnd && steady - latest_ <= kLongestPause);
    if (before == PacketTime::min() && pause) {
      latest_ = steady;
      ceiling_ = std::min(kEnd, steady + slack_);
      return steady;
    }
    return step(stamp, counters_.steps_forward, before);
  }

  // In a file: the time of `stamp` by the offset before the last step, if it fits there and is before `limit`;
  // min() otherwise.
  [[nodiscard]] PacketTime returned(PacketTime stamp, PacketTime limit) const {
    if (live_ || lines_.empty()) return PacketTime::min();
    const PacketTime before = shifted(stamp, offset_before_);
    const bool fits = before >= latest_ - slack_ && before <= kEnd && before - latest_ <= kLongestPause;
    return fits && before < limit ? before : PacketTime::min();
  }

  // The new line begins at `from`, or after every earlier time if that is later.
  PacketTime step(PacketTime stamp, Counter& counter, PacketTime from) {
    counter.add();
    if (lines_.size() == kRemembered) forget_half();
    // One nanosecond after every earlier time, so that original() can tell the lines apart.
    const PacketTime last = std::max(latest_, now_);
    const PacketTime behind = last == PacketTime::min() ? kEnd : last + Duration(last < kEnd ? 1 : 0);
    const PacketTime start = std::max(behind, from);
    offset_before_ = offset_;
    offset_ = start - stamp;
    if (!live_) ceiling_ = std::min(kEnd, start + slack_);
    lines_.push_back({start, offset_});
    line_start_ = latest_ = start;
    return start;
  }

  void forget_half() {
    const auto kept = lines_.begin() + kRemembered / 2;
    lost_offset_ = std::prev(kept)->offset;
    lines_.erase(lines_.begin(), kept);
  }

  Duration slack_;
  Duration offset_{};                          // from stamps to steady time
  Duration offset_before_{};                   // before the last step
  PacketTime latest_ = PacketTime::min();      // the latest steady time
  PacketTime ceiling_ = PacketTime::min();     // no packet can be beyond it; in a file: where to look more closely
  PacketTime line_start_ = PacketTime::min();  // where the last step began
  PacketTime now_ = PacketTime::min();         // live: steady time by the machine's clock
  PacketTime stamp_{};                         // the last argument of at()
  PacketTime steady_ = PacketTime::min();      // and its result
  PacketTime epoch_{};                         // live: the steady time at which the machine's clock was 0
  bool live_ = false;
  std::vector<Line> lines_;  // ordered by start
  Duration lost_offset_{};   // the offset before lines_
  ClockCounters counters_;
};

}  // namespace logsniffd
