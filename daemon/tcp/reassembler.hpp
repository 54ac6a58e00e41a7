// Restores the order of one direction of one TCP connection (RFC 9293, 3.4 and 3.10.7.4).
//
// In-order payload is passed on as a view into its packet, never copied. Early payload is held, sorted, behind the hole
// before it. A hole is given up, and becomes a gap,
//   - kAckGrace after the receiver has acknowledged all of it while bytes behind it are held: the capture lost it (not
//     immediately, because captures over several queues show an ACK a moment before its data);
//   - after limits.hole_wait without progress;
//   - when too much is held behind it (the caller decides: give_up_hole);
//   - at the end of the stream.
//
// Late bytes of a gap are passed on while nothing arrives at the place where the stream continued, or when two segments
// of them follow each other with nothing from that place in between: the sender is where its data is
// (reassembler_late.cpp).
//
// A single packet never ends a stream that continues. An acknowledgement with nothing held behind its hole is a hint. A
// segment more than kTrustedAhead away from the expected place counts once a second one continues it. A FIN is refuted
// by data after it; so is a RST, once the receiver acknowledges that data (reassembler_end.cpp). New data reopens a
// stream that has ended, as one that was joined late.
//
// Overlap: the first copy wins. Differing bytes are counted as conflicts, and held bytes among them are joined to
// nothing; bytes held behind them may be a forgery too, so their place is read like a gap if the sender continues in
// it. Otherwise each place is passed on at most once. Urgent data is in line (RFC 6093).
//
// THREAD  confined to the capture worker that owns it.
// EVENTS  see StreamObserver; offsets are contiguous.
// BOUNDS  holds payload only while there is a hole; the owner keeps held_bytes() within the limits.
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

// How far ahead a single packet is believed: sixteen times as far as a sender without window scaling may be (RFC 9293,
// 3.1). Larger windows exist; there the next packet confirms.
inline constexpr StreamOffset kTrustedAhead = StreamOffset{1} << 20;

// What all reassemblers of one capture worker share.
struct ReassemblyContext {
  StreamObserver& observer;
  StreamCounters& counters;
  WaitingRoom& waiting_room;
  GapMemory& gaps;
};

// The stream's identity, for the calls that report events. The owner keeps it, so that an idle stream stays small.
struct StreamIdentity {
  StreamId id;
  std::uint16_t ingress;
  const FlowKey& key;
};

enum class Patience {
  over,    // the wait was long enough
  denied,  // the memory is needed
};

class Reassembler {
 public:
  // Call when the sequence number of the first byte is known. REQUIRED: !synchronized().
  void synchronize(std::uint32_t first_seq, StreamStart start);
  [[nodiscard]] bool synchronized() const { return state_ != State::unsynchronized; }
  [[nodiscard]] bool ended() const { return state_ == State::ended; }
  // True if a SYN whose first byte has this sequence number belongs to this stream and not to a new one: it is a
  // retransmission, or the stream was joined at its first data because that was captured before the SYN.
  // REQUIRED: synchronized().
  [[nodiscard]] bool may_start_at(std::uint32_t first_seq) const;
  // True if `seq` is exactly what is expected next.
  [[nodiscard]] bool expects(std::uint32_t seq) const { return synchronized() && space_.seq_at(next_) == seq; }
  // True if this stream may continue at `seq`: from the expected number to kTrustedAhead beyond what was seen.
  [[nodiscard]] bool may_continue_at(std::uint32_t seq) const;

  // True if `seq` is within kTrustedAhead of what is expected, already seen or not.
  [[nodiscard]] bool is_near(std::uint32_t seq) const;

  // Takes payload, FIN and snapshot cut of one segment whose payload starts at `seq`. REQUIRED: synchronized().
  void add(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq, const SegmentView& segment,
           PacketTime seen_at);
  // True if this stream is wanted, waits for nothing, and expects payload at `seq`.
  [[nodiscard]] bool continues_at(std::uint32_t seq) const {
    return state_ == State::flowing && !wait_ && expects(seq);
  }
  // A part of add(). REQUIRED: continues_at() the payload, which is not empty.
  void add_next(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload, PacketTime seen_at) {
    context.counters.seen.add(payload.size());
    deliver(context, who, payload, seen_at);
  }
  // The receiver acknowledged everything before `ack`. REQUIRED: synchronized().
  void acknowledge(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t ack, PacketTime seen_at);
  // True if acknowledge() would do nothing because all of it was seen, or nobody wants the stream.
  [[nodiscard]] bool has_passed(std::uint32_t ack) const {
    return space_.offset(ack, next_) <= next_ || state_ == State::unwanted;
  }

  // Stops waiting for the oldest hole or the pending FIN. REQUIRED: waiting(). If `patience` is denied, less is
  // held afterwards.
  void give_up_hole(const ReassemblyContext& context, const StreamIdentity& who, Patience patience, PacketTime now);
  // A RST was sent: by the sender, at `seq`, or by its receiver. The stream ends, unless it continues after the RST.
  void note_sender_reset(const ReassemblyContext& context, const StreamIdentity& who, std::uint32_t seq,
                         PacketTime seen_at);
  void note_receiver_reset(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  // No more segments: gives up every hole, then ends the stream. Does nothing on a stream that has ended.
  void finish(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd end, PacketTime now);

  // REQUIRED: the stream has ended or was never opened. Call before it is used for another connection.
  void forget_gaps(const ReassemblyContext& context, StreamId id);

  // The filters have changed: an unwanted direction is joined again at its next segment.
  void reconsider();

  // The observer's answer, if it wants this stream.
  [[nodiscard]] const StreamHandle* handle() const { return state_ == State::flowing ? &handle_ : nullptr; }
  [[nodiscard]] bool waiting() const { return wait_ != nullptr; }
  [[nodiscard]] std::uint64_t held_bytes() const { return wait_ ? wait_->held.charged_bytes() : 0; }

 private:
  enum class State : std::uint8_t {
    unsynchronized,
    silent,    // no payload yet: the observer was not asked
    flowing,   // the observer wants it
    unwanted,  // the observer does not want it
    ended,
  };

  bool ensure_opened(const ReassemblyContext& context, const StreamIdentity& who);
  void add_payload(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                   PacketTime seen_at);
  void add_ahead(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                 PacketTime seen_at);
  void add_expected(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload, PacketTime seen_at);
  void hold(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
            PacketTime seen_at);
  void deliver(const ReassemblyContext& context, const StreamIdentity& who, Bytes bytes, PacketTime seen_at) {
    next_ += static_cast<StreamOffset>(bytes.size());
    context.counters.delivered.add(bytes.size());
    context.observer.on_bytes(view(who), bytes, seen_at);
  }
  bool deliver_held(const ReassemblyContext& context, const StreamIdentity& who, std::size_t skip, bool disputed,
                    PacketTime now);
  void break_off(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void declare_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset until, PacketTime seen_at);
  void drain_held(const ReassemblyContext& context, const StreamIdentity& who, bool disputed, PacketTime now);
  void skip_hole(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now);
  void settle(const ReassemblyContext& context, PacketTime seen_at);
  Wait& begin_wait(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void end_wait(const ReassemblyContext& context);
  void pop_held(const ReassemblyContext& context);
  void drop_held(const ReassemblyContext& context, const StreamIdentity& who, Unread why);
  void discard(const ReassemblyContext& context, const StreamIdentity& who, Unread why, std::uint64_t bytes) const;

  // reassembler_late.cpp
  [[nodiscard]] std::size_t add_late(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset,
                                     Bytes payload, PacketTime seen_at);
  [[nodiscard]] std::size_t add_in_gap(const ReassemblyContext& context, const StreamIdentity& who, Bytes payload,
                                       PacketTime seen_at);
  [[nodiscard]] bool sender_is_in_gap(const ReassemblyContext& context, const StreamIdentity& who, const Gap& gap,
                                      StreamOffset offset, StreamOffset end) const;
  void enter_gap(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at, PacketTime seen_at);
  void leave_gap(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  [[nodiscard]] bool give_up_gap(const ReassemblyContext& context, const StreamIdentity& who, Patience patience,
                                 PacketTime now);
  [[nodiscard]] bool in_gap() const { return wait_ && wait_->resume_at != Wait::kNone; }
  [[nodiscard]] StreamOffset known_until() const { return in_gap() ? wait_->resume_at : next_; }

  // reassembler_end.cpp
  bool reopen(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset& offset, std::size_t size,
              PacketTime seen_at);
  bool add_behind_reset(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset offset, Bytes payload,
                        PacketTime seen_at);
  void note_fin(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at, PacketTime seen_at);
  void end_at_fin(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now);
  void note_reset(const ReassemblyContext& context, const StreamIdentity& who, StreamOffset at, PacketTime seen_at);
  void refute_reset(const ReassemblyContext& context, const StreamIdentity& who, PacketTime seen_at);
  void resolve_reset(const ReassemblyContext& context, const StreamIdentity& who, PacketTime now);
  void end(const ReassemblyContext& context, const StreamIdentity& who, StreamEnd end, PacketTime seen_at);

  [[nodiscard]] StreamView view(const StreamIdentity& who) const { return {who.id, who.ingress, handle_, who.key}; }
  [[nodiscard]] bool holds() const { return wait_ && !wait_->held.empty(); }
  [[nodiscard]] bool hole_is_acknowledged() const {
    return holds() && wait_->acked_until >= wait_->held.first_offset();
  }
  [[nodiscard]] bool is_overdue() const;
  [[nodiscard]] bool acknowledges_perhaps_a_fin() const;
  [[nodiscard]] bool first_held_is_doubtful() const;
  [[nodiscard]] StreamOffset seen_until() const;

  StreamOffset next_ = 0;       // expected next: all before it was delivered or is a gap, perhaps a known one
  std::unique_ptr<Wait> wait_;  // set while there is a hole, a pending end or a hint, or a gap is read
  SequenceSpace space_;
  State state_ = State::unsynchronized;
  StreamStart start_ = StreamStart::handshake;
  bool gapped_ = false;  // the GapMemory has an entry
  StreamHandle handle_ = 0;
};

}  // namespace logsniffd::tcp
