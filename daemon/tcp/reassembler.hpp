// Restores the order of one direction of one TCP connection (RFC 9293, 3.4 and 3.10.7.4).
//
// In-order payload is passed on as a view into its packet, never copied. What comes early is held, sorted, behind the
// hole in front of it. A hole is given up, and becomes a gap,
//   - kAckGrace after the receiver has acknowledged bytes beyond it: the capture lost them (not at once, for captures
//   over several
//     queues show an ACK a moment before its data);
//   - after limits.hole_wait without progress;
//   - when too much is held behind it (the caller decides: give_up_hole);
//   - at the end of the stream.
// Overlap: what came first wins; differing bytes are counted as conflicts.
// A FIN ends the stream once all bytes before it are there and it was acknowledged, or hole_wait has passed: data
// behind an unacknowledged FIN refutes it.
//
// THREAD  confined to the capture worker that owns it.
// EVENTS  see StreamObserver; offsets are contiguous.
// BOUNDS  holds payload only while there is a hole; its owner keeps held_bytes() within the limits.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "daemon/base/time.hpp"
#include "daemon/tcp/flow_key.hpp"
#include "daemon/tcp/segment.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_counters.hpp"
#include "daemon/tcp/stream_observer.hpp"
#include "daemon/tcp/waiting_room.hpp"

namespace logsniffd::tcp {

// What all reassemblers of one capture worker share.
struct ReassemblyContext {
  StreamObserver& observer;
  StreamCounters& counters;
  WaitingRoom& waiting_room;
};

// Who it is, for the calls that report events: kept by the owner, so that an idle stream stays small.
struct StreamIdentity {
  StreamId id;
  const FlowKey& key;
};

class Reassembler {
 public:
  // The sequence number of the first byte is known. REQUIRED: !synchronized().
  void synchronize(std::uint32_t first_seq, StreamStart start);
  [[nodiscard]] bool synchronized() const { return state_ != State::unsynchronized; }
  [[nodiscard]] bool ended() const { return state_ == State::ended; }
  // Whether a SYN with this sequence number of the first byte belongs to this stream (a retransmission) and not to a
  // new one.
  [[nodiscard]] bool starts_at(std::uint32_t first_seq) const { return space_.first_seq() == first_seq; }
  // Whether `seq` is a place where this stream may continue, at most `window` ahead.
  [[nodiscard]] bool in_window(std::uint32_t seq, StreamOffset window) const;

  // Payload, FIN and snapshot cut of one segment whose payload starts at `seq`. REQUIRED: synchronized().
  void add(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq, const SegmentView& segment,
           PacketTime seen_at);
  // The receiver acknowledged everything before `ack`. REQUIRED: synchronized().
  void acknowledge(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t ack, PacketTime seen_at);

  // The oldest hole, or the pending FIN, is waited for no longer. REQUIRED: waiting().
  void give_up_hole(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now);
  // No more segments: gives up every hole, then ends the stream. Does nothing on a stream that has ended.
  void finish(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd end, PacketTime now);

  // What is wanted has changed: the observer is asked again at the next payload of a direction that it did not want.
  void reconsider();

  [[nodiscard]] bool waiting() const { return wait_ != nullptr; }
  [[nodiscard]] std::uint64_t held_bytes() const { return wait_ ? wait_->held_bytes() : 0; }

 private:
  enum class State : std::uint8_t { unsynchronized, open, ended };
  static constexpr StreamOffset kNoFin = std::numeric_limits<StreamOffset>::max();

  bool ensure_opened(const ReassemblyContext& context, const StreamIdentity& who);
  void deliver(const ReassemblyContext& context, const StreamIdentity& who, Bytes bytes, PacketTime seen_at);
  void declare_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset until, PacketTime seen_at);
  void add_out_of_order(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                        PacketTime seen_at);
  void drain_held(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void note_fin(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at, PacketTime seen_at);
  void settle(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void end(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd end, PacketTime seen_at);
  void begin_wait(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void pop_held(const ReassemblyContext& context);

  StreamOffset next_ = 0;       // everything before it was delivered or declared a gap
  StreamOffset fin_ = kNoFin;   // where the sender said that the stream ends
  std::unique_ptr<Wait> wait_;  // set while there is a hole or a pending FIN
  SequenceSpace space_;
  State state_ = State::unsynchronized;
  StreamStart start_ = StreamStart::handshake;
  bool opened_ = false;  // on_open was called
  bool wanted_ = true;   // and what it answered
};

}  // namespace logsniffd::tcp
