// What the keys `sample`, `repeat` and `rate` of all filters remember, and what they decide.
//
// INVARIANT  every record that is given to admit() is either admitted, or counted by the caller under the verdict that
//            it gets; a note about those that `repeat` and `rate` left out follows, at the latest with finish().
// THREAD     confined to a capture worker: with several workers, each has its own buckets, rows and runs.
// TIME       steady (PacketClock); a time before the latest one counts as that.
// BOUNDS     those of RateLimiter for each filter that has one, and those of RepeatFolder in all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/filter/filter_table.hpp"
#include "daemon/filter/note_observer.hpp"
#include "daemon/filter/rate_limiter.hpp"
#include "daemon/filter/repeat_folder.hpp"
#include "daemon/filter/sampler.hpp"

namespace logsniffd::filter {

class VolumeControl {
 public:
  // `secret` prevents a sender from choosing what `sample` keeps.
  explicit VolumeControl(std::uint64_t secret) : secret_(secret) {}

  // Other filters are in force. One that keeps its name and its `rate` keeps its buckets. REQUIRED: finish() before.
  void configure(const std::vector<FilterOptions>& filters);

  // The filters that have one of the keys.
  [[nodiscard]] FilterMask acting() const { return acting_; }

  // Decides about a record that the filter takes, as the filter lets it be seen: routed, or sampled, repeated or limited. `stream`: see RepeatFolder.
  [[nodiscard]] RouteVerdict admit(std::uint16_t filter, const record::LogRecord& record, std::uint32_t stream,
                                   PacketTime now, NoteObserver& observer);

  void end_stream(std::uint32_t stream, NoteObserver& observer) { folder_.end_stream(stream, observer); }
  // Writes the notes whose time has come.
  void expire(PacketTime now, NoteObserver& observer) {
    if (now >= next_due_) [[unlikely]]
      write_due(now, observer);
  }
  // The time within which expire() has to be called; nullopt: not before the next record.
  [[nodiscard]] std::optional<Duration> expire_within(PacketTime now) const {
    if (next_due_ == PacketTime::max()) return std::nullopt;
    return std::max(next_due_ - now, Duration::zero());
  }
  // Writes all notes.
  void finish(NoteObserver& observer);

 private:
  struct State {
    std::string name;
    std::optional<Sampler> sampler;
    std::optional<Duration> repeat;
    std::optional<RateLimiter> limiter;
  };

  void write_due(PacketTime now, NoteObserver& observer);
  void find_next_due();

  std::uint64_t secret_;
  std::vector<State> states_;  // by filter
  FilterMask acting_ = 0;
  RepeatFolder folder_;
  PacketTime next_due_ = PacketTime::max();  // of all notes
  PacketTime latest_{};
};

}  // namespace logsniffd::filter
