// Restores the order of one direction of one TCP connection (RFC 9293, 3.4 and 3.10.7.4).
//
// In-order payload is passed on as a view into its packet, never copied. What comes early is held, sorted, behind the
// hole in front of it. A hole is given up, and becomes a gap,
//   - kAckGrace after the receiver has acknowledged bytes beyond it: the capture lost them (not at once, for captures
//     over several queues show an ACK a moment before its data), or up to twice that where an earlier hole was given up
//     meanwhile;
//   - after limits.hole_wait without progress;
//   - when too much is held behind it (the caller decides: give_up_hole);
//   - at the end of the stream.
// One packet alone makes no stream jump: a segment more than kTrustedAhead away from what is expected counts once a
// second one continues it, an acknowledgement that far away once another confirms it. Where the stream jumped all the
// same, and its sender goes on inside the gap, the stream returns to it after hole_wait.
// Overlap: what came first wins; differing bytes are counted as conflicts. Urgent data is in line (RFC 6093).
// A FIN ends the stream once all bytes before it are there and it was acknowledged, or hole_wait has passed. New data
// behind a FIN that nobody has acknowledged refutes it, even after the stream has ended: it is then opened again.
//
// THREAD  confined to the capture worker that owns it.
// EVENTS  see StreamObserver; offsets are contiguous.
// BOUNDS  holds payload only while there is a hole; its owner keeps held_bytes() within the limits.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/base/time.hpp"
#include "daemon/tcp/flow_key.hpp"
#include "daemon/tcp/gap_memory.hpp"
#include "daemon/tcp/segment.hpp"
#include "daemon/tcp/sequence.hpp"
#include "daemon/tcp/stream_counters.hpp"
#include "daemon/tcp/stream_observer.hpp"
#include "daemon/tcp/waiting_room.hpp"

namespace logsniffd::tcp {

// So far ahead a single packet is believed: as far as a sender without window scaling times sixteen may be (RFC 9293,
// 3.1). Larger windows exist; there the next packet confirms.
inline constexpr StreamOffset kTrustedAhead = StreamOffset{1} << 20;

// What all reassemblers of one capture worker share.
struct ReassemblyContext {
  StreamObserver& observer;
  StreamCounters& counters;
  WaitingRoom& waiting_room;
  GapMemory& gaps;
};

// Who it is, for the calls that report events: kept by the owner, so that an idle stream stays small.
struct StreamIdentity {
  StreamId id;
  const FlowKey& key;
};

enum class Patience {
  over,    // it was waited for long enough
  denied,  // the memory is needed
};

class Reassembler {
 public:
  // The sequence number of the first byte is known. REQUIRED: !synchronized().
  void synchronize(std::uint32_t first_seq, StreamStart start);
  [[nodiscard]] bool synchronized() const { return state_ != State::unsynchronized; }
  [[nodiscard]] bool ended() const { return state_ >= State::ended_unproven; }
  // Whether a SYN with this sequence number of the first byte belongs to this stream and not to a new one: a
  // retransmission, or the SYN of a stream that was joined at its first data since that was captured before it.
  // REQUIRED: synchronized().
  [[nodiscard]] bool may_start_at(std::uint32_t first_seq) const;
  // Whether `seq` is exactly what is expected next.
  [[nodiscard]] bool expects(std::uint32_t seq) const { return synchronized() && space_.seq_at(next_) == seq; }
  // Whether this stream may continue at `seq`: from what is expected to kTrustedAhead beyond what was seen.
  [[nodiscard]] bool may_continue_at(std::uint32_t seq) const;

  // Whether `seq` may be a number of this stream's present, already seen or not.
  [[nodiscard]] bool is_near(std::uint32_t seq) const;

  // Payload, FIN and snapshot cut of one segment whose payload starts at `seq`. REQUIRED: synchronized().
  void add(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq, const SegmentView& segment,
           PacketTime seen_at);
  // The receiver acknowledged everything before `ack`. REQUIRED: synchronized().
  void acknowledge(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t ack, PacketTime seen_at);

  // The oldest hole, or the pending FIN, is waited for no longer. REQUIRED: waiting(). Where `patience` is denied,
  // less is held afterwards.
  void give_up_hole(const ReassemblyContext& context, const StreamIdentity& who, Patience patience, PacketTime now);
  // No more segments: gives up every hole, then ends the stream. Does nothing on a stream that has ended.
  void finish(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd end, PacketTime now);

  // What is wanted has changed: a direction that was not wanted is joined anew at its next segment.
  void reconsider();

  // What the observer answered, where it wants this stream.
  [[nodiscard]] const StreamHandle* handle() const { return state_ == State::flowing ? &handle_ : nullptr; }
  [[nodiscard]] bool waiting() const { return wait_ != nullptr; }
  [[nodiscard]] std::uint64_t held_bytes() const { return wait_ ? wait_->held.charged_bytes() : 0; }

 private:
  enum class State : std::uint8_t {
    unsynchronized,
    silent,          // no payload yet: the observer was not asked
    flowing,         // the observer wants it
    unwanted,        // the observer does not
    ended_unproven,  // by a FIN that was not acknowledged: new data refutes it
    ended,
  };

  bool ensure_opened(const ReassemblyContext& context, const StreamIdentity& who);
  void add_payload(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                   PacketTime seen_at);
  void add_ahead(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                 PacketTime seen_at);
  void add_next(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload, PacketTime seen_at);
  void add_old(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, std::size_t size,
               PacketTime seen_at);
  void return_to_sender(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset end,
                        PacketTime seen_at);
  void deliver(const ReassemblyContext& context, const StreamIdentity& who, Bytes bytes, PacketTime seen_at);
  void declare_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset until, PacketTime seen_at);
  void drain_held(const ReassemblyContext& context, const StreamIdentity& who);
  void note_fin(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at, PacketTime seen_at);
  void settle(const ReassemblyContext& context, PacketTime seen_at);
  void end(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd end, PacketTime seen_at);
  Wait& begin_wait(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void end_wait(const ReassemblyContext& context);
  void pop_held(const ReassemblyContext& context);
  void drop_held(const ReassemblyContext& context);
  [[nodiscard]] StreamView view(const StreamIdentity& who) const { return {who.id, who.key, handle_}; }
  [[nodiscard]] bool holds() const { return wait_ && !wait_->held.empty(); }
  [[nodiscard]] bool acknowledges_perhaps_a_fin() const;
  [[nodiscard]] bool first_held_is_doubtful() const;
  [[nodiscard]] StreamOffset seen_until() const;

  StreamOffset next_ = 0;       // everything before it was delivered or declared a gap
  std::unique_ptr<Wait> wait_;  // set while there is a hole, a pending FIN or a doubted acknowledgement
  SequenceSpace space_;
  State state_ = State::unsynchronized;
  StreamStart start_ = StreamStart::handshake;
  bool gapped_ = false;  // the GapMemory has an entry
  StreamHandle handle_ = 0;
};

}  // namespace logsniffd::tcp
