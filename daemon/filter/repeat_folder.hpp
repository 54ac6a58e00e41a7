// Folds equal records that follow one another, by sender.
//
// The first record of a run is written. Those that repeat it are counted, and the count is written as a note of its own
// ("message repeated 41 times: [...]", the form of rsyslog): when another record of the sender comes, when the first
// repetition has waited for the window, when the connection ends, or when there is no room. Nothing is folded without
// being told, and a count is never late by more than the window.
//
// SENDER  source address, host and app. Two records are equal if all else that they say is equal, except their times and
//         pid. A record with missing bytes is not equal to any other.
//
// THREAD  confined to its owner.
// TIME    steady (PacketClock).
// BOUNDS  kSenders senders, kBytes of their records. The sender that was silent longest gives way.
#pragma once

#include <absl/container/node_hash_map.h>

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"
#include "daemon/filter/note_observer.hpp"
#include "daemon/record/record_copy.hpp"

namespace logsniffd::filter {

class RepeatFolder {
 public:
  static constexpr std::size_t kSenders = 4096;
  static constexpr std::size_t kBytes = std::size_t{16} << 20;

  // True if the record repeats the one before it, at most `window` after that. It is then counted, and not written.
  // `stream`: the connection that it came by. REQUIRED: `now` never decreases.
  [[nodiscard]] bool folds(std::uint16_t filter, Duration window, const record::LogRecord& record, std::uint32_t stream,
                           PacketTime now, NoteObserver& observer);

  // The connection has ended.
  void end_stream(std::uint32_t stream, NoteObserver& observer);
  // Writes the counts that have waited for their window.
  void expire(PacketTime now, NoteObserver& observer);
  [[nodiscard]] std::optional<PacketTime> due() const;
  // Writes all counts, and forgets all senders.
  void finish(NoteObserver& observer);

 private:
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;
  struct Run : Hook {
    const std::string* key = nullptr;  // in runs_
    std::uint16_t filter = 0;
    record::RecordCopy last;        // written, or counted
    std::uint64_t repetitions = 0;  // that are not written yet
    std::uint32_t stream = 0;       // of the last repetition
    PacketTime heard_at = PacketTime::min();
    PacketTime due{};  // while there are repetitions
  };
  using Runs = boost::intrusive::list<Run, boost::intrusive::constant_time_size<false>>;

  Run& run_of(std::uint16_t filter, const record::LogRecord& record, NoteObserver& observer);
  void keep(Run& run, const record::LogRecord& record, PacketTime now, NoteObserver& observer);
  void write(Run& run, NoteObserver& observer);
  void forget(Run& run, NoteObserver& observer);

  absl::node_hash_map<std::string, Run> runs_;  // by filter and sender
  Runs by_silence_;                             // the longest silent first
  std::size_t held_bytes_ = 0;
  std::array<std::uint32_t, 256> waiting_by_stream_{};  // runs with repetitions, by the lowest byte of their stream
  std::size_t waiting_ = 0;                             // runs with repetitions
  PacketTime next_due_ = PacketTime::max();             // at most the earliest `due`
  std::string key_;                                     // reused
};

}  // namespace logsniffd::filter
