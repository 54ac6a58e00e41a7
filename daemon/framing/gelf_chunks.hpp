// Puts the chunks of GELF messages back together, as they are sent over UDP (docs.graylog.org, "GELF via UDP"):
//
//   1e 0f | message id (8) | sequence number (1) | sequence count (1) | payload
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  a whole message is valid until the next add().
// BOUNDS    holds at most limits.bytes (payload and bookkeeping) of at most limits.messages messages. Beyond either
//           limit the oldest unfinished message is discarded, of the source that holds most if that is an eighth or
//           more (SourceShare). A message has at most kMaxGelfChunks chunks and waits at most limits.wait of packet
//           time (the format says 5 s) from its first chunk. Also held: the last whole message twice, and kSpares
//           emptied ones of at most kSpareBytes.
// TIME      steady (PacketClock).
// IDENTITY  the flow and the id. (Graylog uses the id alone; but two senders may choose the same one, and one may send
//           a message to two receivers.)
// ORDER     any. Of chunks with one sequence number the first one wins; the others are duplicates, whatever they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::framing {

inline constexpr std::size_t kGelfChunkHeader = 12;
inline constexpr std::size_t kMaxGelfChunks = 128;
inline constexpr Duration kGelfChunkWait = std::chrono::seconds(5);

// Checks only the first two bytes.
[[nodiscard]] inline bool is_gelf_chunk(Bytes payload) {
  return payload.size() >= 2 && payload[0] == 0x1e && payload[1] == 0x0f;
}

struct GelfChunkLimits {
  std::uint64_t bytes;
  std::uint64_t messages;
  Duration wait = kGelfChunkWait;
};

// Bytes are those of whole chunks, headers included:
//   seen_bytes = delivered_bytes + duplicate_bytes + held_bytes + discarded_..._bytes(by reason)
struct GelfChunkCounters {
  Counter seen_bytes;       // given to add()
  Counter delivered_bytes;  // became part of a whole message
  Counter duplicate_bytes;
  Counter held_bytes;  // a gauge: chunks that wait now
  Counter discarded_timeout_bytes;
  Counter discarded_limit_bytes;       // either limit
  Counter discarded_share_bytes;       // the same, and their source held more than its share
  Counter discarded_unfinished_bytes;  // still waiting at the end of the capture
  Counter discarded_malformed_bytes;   // cut short, no payload, a count of 0 or above 128, a number not below the
                                       // count, a count that differs from that of the message's first chunk

  // Not part of the sum.
  Counter chunks;        // given to add()
  Counter messages;      // put together
  Counter incomplete;    // messages discarded before they were whole; one that begins again counts again
  Counter waiting;       // a gauge: messages
  Counter memory_bytes;  // a gauge: what counts against limits.bytes now

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit("chunks", self.chunks);
    visit("messages", self.messages);
    visit("incomplete", self.incomplete);
    visit(whole("seen_bytes"), self.seen_bytes);
    visit(part("delivered_bytes"), self.delivered_bytes);
    visit(part("duplicate_bytes"), self.duplicate_bytes);
    visit(part("held_bytes").gauge(), self.held_bytes);
    visit(part("discarded_timeout_bytes"), self.discarded_timeout_bytes);
    visit(part("discarded_limit_bytes"), self.discarded_limit_bytes);
    visit(part("discarded_share_bytes"), self.discarded_share_bytes);
    visit(part("discarded_unfinished_bytes"), self.discarded_unfinished_bytes);
    visit(part("discarded_malformed_bytes"), self.discarded_malformed_bytes);
    visit(CounterName("waiting").gauge().unlisted(), self.waiting);
    visit(CounterName("memory_bytes").gauge().unlisted(), self.memory_bytes);
  }
};
static_assert(names_every_counter<GelfChunkCounters>());

class GelfChunks {
 public:
  static constexpr std::size_t kSpares = 16;
  static constexpr std::size_t kSpareBytes = 64 * 1024;

  explicit GelfChunks(GelfChunkLimits limits);
  ~GelfChunks();

  // On a reload: what is held beyond a lower limit is discarded as soon as more is added.
  void set_limits(GelfChunkLimits limits);

  // Adds the payload of a datagram, with the NULs and line ends at its end. REQUIRED: is_gelf_chunk(chunk).
  // `cut_short`: the snapshot length cut it. Returns the message when this chunk completes it.
  [[nodiscard]] std::optional<Bytes> add(const Flow& flow, Bytes chunk, bool cut_short, PacketTime seen_at);
  // Discards what has waited for longer than limits.wait; constant time when there is none.
  void expire(PacketTime now);
  // The capture has ended: discards what waits.
  void finish();

  [[nodiscard]] const GelfChunkCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::framing
