// The streams that wait for something (a missing segment, the acknowledgement of a FIN), in the order in which
// their waits end.
//
// A Wait exists only while its stream waits, so that an idle connection pays nothing for it. It is in one of two
// queues: streams that wait for hole_wait, and streams whose hole the receiver has acknowledged, which wait for
// kAckGrace. Both times are constant, so each queue is ordered by time of entry, and expiry takes constant time.
//
// THREAD  confined to the capture worker that owns it.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <limits>

#include "daemon/base/time.hpp"
#include "daemon/tcp/held_pieces.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

// How long after an acknowledgement the acknowledged bytes may still appear in the capture.
inline constexpr Duration kAckGrace = std::chrono::milliseconds(50);

class Wait : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  static constexpr StreamOffset kNone = std::numeric_limits<StreamOffset>::max() / 2;     // beyond every offset
  static constexpr StreamOffset kNothing = std::numeric_limits<StreamOffset>::min() / 2;  // before every offset

  Wait(StreamId stream, PieceMemory& memory) : held(memory), stream_(stream) {}

  [[nodiscard]] StreamId stream() const { return stream_; }
  // The cost of the wait: held payload with its bookkeeping, and the wait itself.
  [[nodiscard]] std::uint64_t charged_bytes() const { return held.charged_bytes() + sizeof(Wait); }
  // What had been acknowledged when the grace began; kNothing: the stream waits for hole_wait.
  [[nodiscard]] StreamOffset acknowledged_first() const { return acknowledged_ ? acknowledged_first_ : kNothing; }
  // How long it has been in its queue.
  [[nodiscard]] Duration waited(PacketTime now) const { return now - since_; }

  HeldPieces held;                      // the payload behind the hole, or after a RST
  StreamOffset acked_until = kNothing;  // the receiver acknowledged everything before it
  StreamOffset fin_at = kNone;          // where the stream ends according to a FIN
  StreamOffset reset_at = kNone;        // where a RST ends the stream, unless the stream continues after it
  StreamOffset resume_at = kNone;       // while a gap is read: where the stream continued when the gap was given up
  bool reset_hit = false;               // the RST had exactly the expected number
  std::uint32_t more_resets = 0;        // further RSTs of the receiver

 private:
  friend class WaitingRoom;

  StreamId stream_;
  PacketTime since_{};
  StreamOffset acknowledged_first_ = 0;
  bool acknowledged_ = false;  // which queue it is in
};

class WaitingRoom {
 public:
  explicit WaitingRoom(Duration hole_wait) : hole_wait_(hole_wait) {}

  void set_hole_wait(Duration hole_wait) { hole_wait_ = hole_wait; }
  [[nodiscard]] Duration hole_wait() const { return hole_wait_; }

  // `wait` starts to wait for hole_wait, or starts again after progress.
  void enter(Wait& wait, PacketTime now);
  // The receiver has acknowledged the first hole: it waits for kAckGrace, counted from the first such call.
  void acknowledged(Wait& wait, PacketTime now);

  // `wait` now waits only for the stream's next segment: it never expires. REQUIRED: nothing is held.
  static void leave(Wait& wait) { wait.unlink(); }

  // A stream whose wait is over, or nullptr. It stays in its queue until it is destroyed or enters again.
  [[nodiscard]] const Wait* expired(PacketTime now) const;
  // The stream that has waited longest for hole_wait, otherwise longest for kAckGrace, or nullptr.
  [[nodiscard]] const Wait* oldest() const;

  // The memory for the payload of all waits.
  [[nodiscard]] PieceMemory& memory() { return memory_; }
  // Sum of charged_bytes() over all waits.
  [[nodiscard]] std::uint64_t charged_bytes() const { return charged_bytes_; }
  void charge(std::uint64_t before, std::uint64_t after) { charged_bytes_ = charged_bytes_ - before + after; }

 private:
  using Queue = boost::intrusive::list<Wait, boost::intrusive::constant_time_size<false>>;

  Duration hole_wait_;
  PieceMemory memory_;
  std::uint64_t charged_bytes_ = 0;
  Queue patient_;
  Queue acknowledged_;
};

}  // namespace logsniffd::tcp
