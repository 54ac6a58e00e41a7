// The records of a LineJoiner that may still grow: found by stream and lane, and in the order in which their time ends.
//
// THREAD     confined to its owner.
// LIFETIME   a record stays where it is until close().
// BOUNDS     what it holds, kPendingCost and the capacity of the buffers for each record, is charged and never exceeds
//            held_bytes. In addition it keeps the buffers of BufferShelf, and the places of the most records that
//            waited at once, for later ones.
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
  bool skipping = false;  // it was cut and handed on: its further lines are skipped
  std::uint32_t number = 0;
  std::uint32_t queue = 0;
};

inline constexpr std::size_t kPendingCost = sizeof(PendingRecord) + 64;  // including its place in the index

class PendingRecords {
 public:
  explicit PendingRecords(std::uint64_t held_bytes) : held_limit_(held_bytes) {}

  void set_held_limit(std::uint64_t held_bytes) { held_limit_ = held_bytes; }

  [[nodiscard]] bool empty() const { return numbers_.empty(); }
  [[nodiscard]] PendingRecord* find(JoinKey key);
  // REQUIRED: the key has no record. Returns a record with an empty buffer that does not wait yet; its other members
  // are stale. nullptr: there is no room.
  [[nodiscard]] PendingRecord* open(const RecordOrigin& origin);
  void close(PendingRecord& record);

  // Makes room in record.text for `bytes` in all. Returns false, and does nothing, if that would exceed the limit.
  [[nodiscard]] bool reserve(PendingRecord& record, std::size_t bytes);
  // Empties record.text and gives it the room that `bytes` need, no more. Returns false, and leaves no room, if that
  // would exceed the limit.
  [[nodiscard]] bool refit(PendingRecord& record, std::size_t bytes);
  // Gives back the buffer of record.text.
  void empty(PendingRecord& record);

  // Adds a doubtful line. Returns false, and does nothing, if that would exceed the limit.
  [[nodiscard]] bool add_doubtful(PendingRecord& record, Bytes line, PacketTime seen_at);
  // Takes all doubtful lines of the record. Their buffer is charged until it is given back.
  [[nodiscard]] DoubtfulLines take_doubtful(PendingRecord& record);
  void give_back(DoubtfulLines lines);

  // A line of the record was seen: its time starts again. REQUIRED: timeout is not negative, and below 50 years.
  void wait(PendingRecord& record, PacketTime seen_at, Duration timeout);
  // Starts the record's time again, with the timeout that it has. Returns false, and does nothing, if that is 0.
  [[nodiscard]] bool wait_on(PendingRecord& record, PacketTime now);
  [[nodiscard]] bool is_due(const PendingRecord& record, PacketTime now) const;
  // The record whose time is up first; nullptr: none.
  [[nodiscard]] PendingRecord* first();
  [[nodiscard]] PendingRecord* first_due(PacketTime now);
  // The time within which a record may be due; nullopt: none waits.
  [[nodiscard]] std::optional<Duration> due_within(PacketTime now) const;

  [[nodiscard]] const Counter& held_bytes() const { return held_bytes_; }

 private:
  static constexpr std::uint32_t kNoQueue = UINT32_MAX;
  using List = boost::intrusive::list<PendingRecord, boost::intrusive::base_hook<PendingHook>,
                                      boost::intrusive::constant_time_size<false>>;
  // One for each timeout in use: few.
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
