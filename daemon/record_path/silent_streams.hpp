// The streams whose framers hold data that may be complete when nothing more arrives (StreamFramer::waits_for_quiet),
// the longest silent first.
//
// THREAD  confined to its owner.
// TIME    steady (PacketClock).
// BOUNDS  one place for each stream that waits; places are kept for later streams, never given back.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>

#include "daemon/base/slab_pool.hpp"
#include "daemon/base/time.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::record_path {

class SilentStreams {
 public:
  using Place = std::uint32_t;
  static constexpr Place kNone = UINT32_MAX;

  explicit SilentStreams(Duration patience) : patience_(patience) {}

  // The stream was just heard, and waits. `place` is where it waited before, or kNone.
  void wait(Place& place, tcp::StreamId stream, PacketTime heard_at) {
    if (place == kNone) {
      place = pool_.acquire();
    } else {
      waiting_.erase(waiting_.iterator_to(pool_[place]));
    }
    Waiting& waiting = pool_[place];
    waiting.stream = stream;
    waiting.heard_at = heard_at;
    waiting_.push_back(waiting);
  }
  // The stream no longer waits, and `place` becomes kNone. It need not have waited.
  void leave(Place& place) {
    if (place == kNone) return;
    waiting_.erase(waiting_.iterator_to(pool_[place]));
    pool_.release(place);
    place = kNone;
  }

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  // A stream that is due. It stays until it leaves or waits again.
  [[nodiscard]] std::optional<tcp::StreamId> due(PacketTime now) const {
    if (waiting_.empty() || remaining(now) > Duration::zero()) return std::nullopt;
    return waiting_.front().stream;
  }
  [[nodiscard]] std::optional<Duration> due_within(PacketTime now) const {
    if (waiting_.empty()) return std::nullopt;
    return std::max(remaining(now), Duration::zero());
  }

 private:
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;
  struct Waiting : Hook {
    tcp::StreamId stream{};
    PacketTime heard_at{};
  };

  [[nodiscard]] Duration remaining(PacketTime now) const { return waiting_.front().heard_at + patience_ - now; }

  Duration patience_;
  SlabPool<Waiting> pool_;
  boost::intrusive::list<Waiting, boost::intrusive::constant_time_size<false>> waiting_;
};

}  // namespace logsniffd::record_path
