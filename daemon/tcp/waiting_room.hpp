// Which streams wait for something (a missing segment, the acknowledgement of a FIN), in the order in which their
// patience ends.
//
// A Wait exists only while its stream waits, so that an idle connection pays nothing for it. It stands in one of two
// queues: of those that wait for hole_wait, and of those whose hole the receiver has acknowledged, which wait for
// kAckGrace. Both patiences are constant, so each queue is ordered by its time of entry, and expiry costs constant
// time.
//
// THREAD  confined to the capture worker that owns it.
#pragma once

#include <absl/container/btree_map.h>

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/time.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

// How long after an acknowledgement the acknowledged bytes may still turn up in the capture.
inline constexpr Duration kAckGrace = std::chrono::milliseconds(50);

class Wait : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // Bookkeeping of one held piece, charged to the limits so that one-byte pieces cannot evade them.
  static constexpr std::uint64_t kPieceOverhead = 64;

  explicit Wait(StreamId stream) : stream_(stream) {}

  [[nodiscard]] StreamId stream() const { return stream_; }
  [[nodiscard]] std::uint64_t held_bytes() const { return held_bytes_; }

  StreamOffset acked_until = 0;  // the receiver has everything before it

  // Held pieces: disjoint, sorted by offset.
  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] StreamOffset first_offset() const { return pieces_.begin()->first; }
  [[nodiscard]] Bytes first_piece() const { return pieces_.begin()->second; }
  void pop_first();

  struct Held {
    std::uint64_t kept = 0;       // bytes that were new
    std::uint64_t duplicate = 0;  // bytes that were held already
    std::uint64_t conflicts = 0;  // runs of them that differ
  };
  // Keeps what of `payload` is not held yet.
  Held hold(StreamOffset offset, Bytes payload);

 private:
  friend class WaitingRoom;

  StreamId stream_;
  PacketTime since_{};
  bool acknowledged_ = false;     // which queue it stands in
  std::uint64_t held_bytes_ = 0;  // with kPieceOverhead for each piece
  absl::btree_map<StreamOffset, std::vector<std::uint8_t>> pieces_;
};

class WaitingRoom {
 public:
  explicit WaitingRoom(Duration hole_wait) : hole_wait_(hole_wait) {}

  void set_hole_wait(Duration hole_wait) { hole_wait_ = hole_wait; }

  // `wait` starts (or starts again, after progress) to wait for hole_wait.
  void enter(Wait& wait, PacketTime now);
  // The receiver has acknowledged its hole: it waits for kAckGrace, counted from the first such call.
  void acknowledged(Wait& wait, PacketTime now);

  // A stream whose patience has ended, or nullptr. It stays in its queue until it is destroyed or enters again.
  [[nodiscard]] const Wait* expired(PacketTime now) const;
  // The stream that has waited longest, or nullptr.
  [[nodiscard]] const Wait* oldest() const;

  // Sum of held_bytes() over all waits.
  [[nodiscard]] std::uint64_t held_bytes() const { return held_bytes_; }
  void charge(std::uint64_t before, std::uint64_t after) { held_bytes_ = held_bytes_ - before + after; }

 private:
  using Queue = boost::intrusive::list<Wait, boost::intrusive::constant_time_size<false>>;

  Duration hole_wait_;
  std::uint64_t held_bytes_ = 0;
  Queue patient_;
  Queue acknowledged_;
};

}  // namespace logsniffd::tcp
