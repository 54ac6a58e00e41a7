// The records of a LineJoiner that may still grow: found by stream and lane, and in the order in which their time ends.
//
// THREAD     confined to its owner.
// LIFETIME   a record stays where it is until close().
// BOUNDS     what it holds, kPendingCost and the buffers' capacity a record, is charged and never exceeds held_bytes;
//            beside that, BufferShelf's, and the places of the most records that waited at once, kept for later ones.
// TIME       steady (PacketClock). Records of one timeout wait in the order of their last lines.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/slab_pool.hpp"
#include "daemon/base/time.hpp"
#include "daemon/framing/buffer_shelf.hpp"
#include "daemon/framing/doubtful_lines.hpp"
#include "daemon/framing/record_origin.hpp"
#include "daemon/framing/stack_trace.hpp"

namespace logsniffd::framing {

using PendingHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

struct PendingRecord : PendingHook {
  RecordOrigin origin;  // of its first line
  Buffer text;
  PacketTime last_seen_at{};
  StackTrace trace;
  DoubtfulLines doubtful;
  Integrity integrity = Integrity::whole;
  bool skipping = false;  // it was cut and is handed on: up to where it ends
  std::uint32_t number = 0;
  std::uint32_t queue = 0;
};

inline constexpr std::size_t kPendingCost = sizeof(PendingRecord) + 64;  // with its place in the index

class PendingRecords {
 public:
  explicit PendingRecords(std::uint64_t held_bytes) : held_limit_(held_bytes) {}

  void set_held_limit(std::uint64_t held_bytes) { held_limit_ = held_bytes; }

  [[nodiscard]] PendingRecord* find(JoinKey key);
  // REQUIRED: there is none of its key. A record whose buffer is empty and that does not wait yet, the rest of it
  // stale; nullptr where there is no room.
  [[nodiscard]] PendingRecord* open(const RecordOrigin& origin);
  void close(PendingRecord& record);

  // Makes room in record.text for `bytes` in all; false, and nothing done, where that would exceed the limit.
  [[nodiscard]] bool reserve(PendingRecord& record, std::size_t bytes);
  // Empties record.text and gives it the room that `bytes` need, no more; false, and no room left, where that would
  // exceed the limit.
  [[nodiscard]] bool refit(PendingRecord& record, std::size_t bytes);
  // Gives back what record.text holds.
  void empty(PendingRecord& record);

  // One more doubtful line; false, and nothing done, where that would exceed the limit.
  [[nodiscard]] bool add_doubtful(PendingRecord& record, Bytes line, PacketTime seen_at);
  // The record has none then. What they hold is charged until they are given back.
  [[nodiscard]] DoubtfulLines take_doubtful(PendingRecord& record);
  void give_back(DoubtfulLines lines);

  // A line of it was seen: its time starts again. REQUIRED: timeout is not negative, and below 50 years.
  void wait(PendingRecord& record, PacketTime seen_at, Duration timeout);
  // Its time starts again, with the timeout that it has; false, and nothing done, where that is 0.
  [[nodiscard]] bool wait_on(PendingRecord& record, PacketTime now);
  [[nodiscard]] bool is_due(const PendingRecord& record, PacketTime now) const;
  // The one whose time is up first; nullptr: none.
  [[nodiscard]] PendingRecord* first();
  [[nodiscard]] PendingRecord* first_due(PacketTime now);
  // Within which time there may be one that is due; nullopt: there is none that waits.
  [[nodiscard]] std::optional<Duration> due_within(PacketTime now) const;

  [[nodiscard]] const Counter& held_bytes() const { return held_bytes_; }

 private:
  static constexpr std::uint32_t kNoQueue = UINT32_MAX;
  using List = boost::intrusive::list<PendingRecord, boost::intrusive::base_hook<PendingHook>,
                                      boost::intrusive::constant_time_size<false>>;
  // As many as there are timeouts at work: few.
  struct Queue {
    Duration timeout;
    List records;
  };

  std::uint32_t queue_of(Duration timeout);
  void leave_queue(PendingRecord& record);
  [[nodiscard]] bool charge(std::uint64_t bytes);
  [[nodiscard]] bool grow(Buffer& buffer, std::size_t bytes);

  std::uint64_t held_limit_;
  Counter held_bytes_;
  SlabPool<PendingRecord> pool_;
  absl::flat_hash_map<JoinKey, std::uint32_t> numbers_;
  std::vector<Queue> queues_;
  BufferShelf shelf_;
};

}  // namespace logsniffd::framing
