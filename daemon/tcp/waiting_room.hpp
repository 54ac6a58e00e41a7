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

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <limits>

#include "daemon/base/time.hpp"
#include "daemon/tcp/held_pieces.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp {

// How long after an acknowledgement the acknowledged bytes may still turn up in the capture.
inline constexpr Duration kAckGrace = std::chrono::milliseconds(50);

class Wait : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  static constexpr StreamOffset kNone = std::numeric_limits<StreamOffset>::max() / 2;     // beyond every offset
  static constexpr StreamOffset kNothing = std::numeric_limits<StreamOffset>::min() / 2;  // before every offset

  Wait(StreamId stream, PieceMemory& memory) : held(memory), stream_(stream) {}

  [[nodiscard]] StreamId stream() const { return stream_; }
  // What it costs: held payload with its bookkeeping, and the wait itself.
  [[nodiscard]] std::uint64_t charged_bytes() const { return held.charged_bytes() + sizeof(Wait); }
  // What was acknowledged when its grace began; kNothing: it waits for hole_wait.
  [[nodiscard]] StreamOffset acknowledged_first() const { return acknowledged_ ? acknowledged_first_ : kNothing; }
  // How long it has stood in its queue.
  [[nodiscard]] Duration waited(PacketTime now) const { return now - since_; }

  HeldPieces held;                      // what lies behind the hole, or behind a RST
  StreamOffset acked_until = kNothing;  // the receiver said that it has everything before it
  StreamOffset fin_at = kNone;          // where the sender said that the stream ends
  StreamOffset reset_at = kNone;        // where a RST ends the stream, unless it goes on behind it
  StreamOffset resume_at = kNone;       // while a gap is read: where the stream went on to when it was given up
  bool reset_hit = false;               // the RST had exactly the number that was expected
  std::uint32_t more_resets = 0;        // of the receiver, since

 private:
  friend class WaitingRoom;

  StreamId stream_;
  PacketTime since_{};
  StreamOffset acknowledged_first_ = 0;
  bool acknowledged_ = false;  // which queue it stands in
};

class WaitingRoom {
 public:
  explicit WaitingRoom(Duration hole_wait) : hole_wait_(hole_wait) {}

  void set_hole_wait(Duration hole_wait) { hole_wait_ = hole_wait; }
  [[nodiscard]] Duration hole_wait() const { return hole_wait_; }

  // `wait` starts (or starts again, after progress) to wait for hole_wait.
  void enter(Wait& wait, PacketTime now);
  // The receiver has acknowledged its first hole: it waits for kAckGrace, counted from the first such call.
  void acknowledged(Wait& wait, PacketTime now);

  // `wait` waits for nothing but what its stream's next segment says: it never expires. REQUIRED: nothing is held.
  static void leave(Wait& wait) { wait.unlink(); }

  // A stream whose patience has ended, or nullptr. It stays in its queue until it is destroyed or enters again.
  [[nodiscard]] const Wait* expired(PacketTime now) const;
  // The stream that has waited longest, or nullptr.
  [[nodiscard]] const Wait* oldest() const;

  // Where the payload of all waits lies.
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
