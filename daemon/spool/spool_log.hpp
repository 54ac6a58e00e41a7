// A queue on disk: entries are read back in the order in which they were appended, also after a restart or a kill -9.
//
// Entries lie in segments: files that are written once, from front to back, and removed as a whole when all their
// entries were delivered. The position says how far delivery has come. An open() never appends to existing segments: it
// reads through them, cuts off torn tails, and begins a segment of its own.
//
// Delivery has two steps if the target may lose what it was handed: an entry that was passed on is not offered again,
// but stays until it is confirmed, and may be taken back until then. The target's progress is counted in messages; the
// caller decides how many messages an entry is.
//
// INVARIANT  the order is: confirmed (and removed) entries, passed-on entries, the front, the entries after it.
// THREAD     confined to the sink's worker. Steady time is a parameter.
// DELIVERY   at least once. After a kill these come again: what was delivered since the last settle() (at most the
//            front entry), and what was passed on and not confirmed. After a loss of power, what the kernel had not
//            written back yet is missing: of the position (entries are delivered again) and of the last kSyncInterval
//            (entries are lost).
// DAMAGE     unreadable data is skipped and counted: one entry, or the rest of its segment. A segment that cannot be
//            opened is set aside under another name, counted and reported, and never removed; if the process is merely
//            short of descriptors or memory, it is tried again.
// BOUNDS     `size` bytes on disk, including delivered entries of the front segment; beyond that append() refuses.
// FAILURE    an append that fails leaves no trace; the next one may succeed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"
#include "daemon/spool/segment_reader.hpp"
#include "daemon/spool/spool_entry.hpp"
#include "daemon/spool/spool_folder.hpp"
#include "daemon/spool/spool_position.hpp"

namespace logsniffd::spool {

struct SpoolLimits {
  std::uint64_t size = 0;            // bytes
  std::uint64_t segment = 16 << 20;  // bytes; a larger entry makes a segment of its own
};

class SpoolLog {
 public:
  static constexpr Duration kSyncInterval = std::chrono::seconds(1);

  enum class Appended : std::uint8_t { done, full, failed };  // failed: see take_error()

  // The entry to be delivered next. Its first `settled` records are already delivered.
  struct Front {
    SpoolEntry entry;
    std::uint32_t settled = 0;
  };

  // A null pointer if somebody else has it open (a process, or a sink that is about to leave).
  static Expected<std::unique_ptr<SpoolLog>> open(const std::string& path, SpoolLimits limits);
  static Expected<std::unique_ptr<SpoolLog>> open(SpoolFolder folder, SpoolLimits limits);
  ~SpoolLog();

  [[nodiscard]] Appended append(const SpoolEntry& entry, SteadyTime now);
  // Whether entries of so many bytes, headers included, still fit.
  [[nodiscard]] bool has_room(std::uint64_t bytes) const { return bytes_ + bytes <= limits_.size; }

  // Valid until the next call of any member. Nothing if the log is empty, or if its file cannot be opened now.
  [[nodiscard]] std::optional<Front> front();
  // REQUIRED for all three: front() returned an entry. `records` more of its records are delivered. With `from_first`
  // they are the next ones in order; then a restart will know of them, unless others are passed on and not confirmed.
  void settle(std::uint32_t records, bool from_first);
  // The front is passed on, as `messages` messages.
  void pass_front(std::uint64_t messages);
  // The front is delivered for good.
  void pop_front();

  // Does append() and pass_front() in one step. REQUIRED: empty().
  [[nodiscard]] Appended append_passed(const SpoolEntry& entry, std::uint64_t messages, SteadyTime now);
  // Everything that was passed on is delivered for good, except the entries that hold the latest `messages`.
  void confirm_all_but(std::uint64_t messages);
  // The entries that hold the latest `messages` are to be delivered again, as are the settled records of the front.
  // Returns how many records that makes.
  std::uint64_t take_back(std::uint64_t messages);
  [[nodiscard]] std::uint64_t passed_messages() const { return passed_messages_; }

  // Brings appended entries to the disk; and how long until that is due (nothing if everything is there).
  void sync();
  [[nodiscard]] std::optional<Duration> sync_due(SteadyTime now) const;

  // True if nothing is left to deliver; passed-on entries may still be there.
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::uint64_t records() const;  // to be delivered
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  // What open() and front() had to skip. `records` counts only those that records() had counted.
  struct Damage {
    std::uint64_t places = 0;
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
  };
  [[nodiscard]] Damage take_damage() { return std::exchange(damage_, {}); }
  // Returns the latest error and clears it.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }

 private:
  struct Segment {
    std::uint64_t number;
    std::uint64_t bytes;
    std::uint64_t records;  // to be delivered
  };
  struct Passed {
    std::uint64_t segment;
    std::uint64_t begin;
    std::uint64_t records;
    std::uint64_t messages;
  };

  SpoolLog(SpoolFolder folder, SpoolPositionFile position_file, SpoolLimits limits);

  Status recover();
  Status recover_segment(std::uint64_t number, const SpoolPosition& position);
  [[nodiscard]] bool prepare_segment(std::uint64_t bytes);
  [[nodiscard]] bool write(std::string_view text);
  [[nodiscard]] std::deque<Segment>::iterator segment_from(std::uint64_t number);
  [[nodiscard]] bool open_reader();
  [[nodiscard]] bool set_aside(std::uint64_t number);
  void leave_segment();
  void remove_delivered_segments();
  void note_delivered();
  void note(const SpoolPosition& position);
  void report(std::string_view what);

  SpoolFolder folder_;
  SpoolPositionFile position_file_;
  SpoolLimits limits_;
  std::deque<Segment> segments_;  // the last one is being written if writer_ is valid
  std::uint64_t bytes_ = 0;       // of all segments
  std::uint64_t next_number_ = 1;
  UniqueFd writer_;
  std::string sealed_;  // the entry being appended
  std::optional<SteadyTime> unsynced_since_;

  std::deque<Passed> passed_;  // and not confirmed
  std::uint64_t passed_messages_ = 0;

  SpoolPosition start_;                  // found by open()
  SpoolPosition cursor_;                 // after what was passed on; may be the end of the last segment
  std::optional<SegmentReader> reader_;  // at the cursor
  std::optional<SpoolEntry> front_;
  std::uint32_t front_settled_ = 0;    // of its first records
  std::uint32_t front_delivered_ = 0;  // of its records, since it was read
  std::uint32_t front_left_ = 0;

  Damage damage_;
  std::string error_;
};

}  // namespace logsniffd::spool
