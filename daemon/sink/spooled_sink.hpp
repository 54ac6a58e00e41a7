// A sink in front of another: while the target is away, records wait in a spool on disk, and follow in order once it is
// back, after a restart too.
//
// While the target takes everything nothing touches the disk. The first record that it is away for (is_away), and all
// that come after it, go to the spool; its front is tried again after a back-off, and when the spool is empty records
// pass through as before.
//
// THREAD   as every sink; open() or take_over() takes the spool's folder, and the worker reads it: it may be large.
// ORDER    that of write() and write_notice(), across restarts and across a reload that makes the sink anew: the new
//          one begins when the old one has let the spool go.
// LOSS     every record counts once, in the counters of the sink inside: written or dropped there; spooled; or dropped
//          for spool_full (the newest goes, and a loss marker stands in its place), spool_error or spool_damaged.
//          What a broken connection had on its way (Leftovers::taken_back) goes to the spool again, and counts as
//          spooled and not as written any more.
// DOUBLES  a record may come twice: spool_log.hpp and in_flight.hpp say which.
// FAILURE  where the spool cannot be opened, what the target is away for is lost and counted as without a spool, and
// the
//          opening is tried again.
// BOUNDS   options.size on disk; in memory one entry that is read, one that is written, and PassedEntries::kCapacity.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/queue/hand_over.hpp"
#include "daemon/sink/batch_codec.hpp"
#include "daemon/sink/leftovers.hpp"
#include "daemon/sink/passed_entries.hpp"
#include "daemon/sink/sink.hpp"
#include "daemon/sink/spool_front.hpp"
#include "daemon/sink/spool_log.hpp"

namespace logsniffd::sink {

struct SpoolOptions {
  std::string path;  // a directory of this sink alone
  std::uint64_t size = 0;
  std::function<SteadyTime()> now = &std::chrono::steady_clock::now;  // a seam for tests
  Duration hand_over_patience = std::chrono::seconds(10);             // for a sink that lets the spool go
};

class SpooledSink final : public Sink {
 public:
  static constexpr Duration kFirstRetry = std::chrono::milliseconds(250);
  static constexpr Duration kLongestRetry = std::chrono::seconds(5);

  SpooledSink(SpoolOptions options, std::unique_ptr<Sink> inner);

  // Fails for the spool alone: a target that is away is what it is for (take_error() tells).
  Status open() override;
  void take_over() override;
  void start(Interrupt& interrupt) override;
  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override;
  bool write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override;
  void reopen() override;
  Duration tend(Interrupt& interrupt) override;
  void finish(Interrupt& interrupt) override;
  [[nodiscard]] const SinkCounters& counters() const override { return inner_->counters(); }

 private:
  void open_log(const Interrupt& interrupt);
  [[nodiscard]] Expected<std::unique_ptr<SpoolLog>> try_to_open();
  void adopt(std::unique_ptr<SpoolLog> log);
  [[nodiscard]] bool passes_through() const;
  void target_is_away();
  bool collect_trouble();

  void follow_flight();
  void take_back(std::uint64_t messages);

  void keep_leftovers(const record::RecordBatch& batch);
  void append_encoded(const record::RecordBatch& batch, std::size_t first, std::size_t next);
  [[nodiscard]] SpoolLog::Appended append(const SpoolEntry& entry);
  [[nodiscard]] SpoolLog::Appended append_notice(std::string_view text, PacketTime when);
  [[nodiscard]] SpoolLog::Appended append_loss(std::uint64_t following);
  void lose(const record::RecordBatch& batch, std::size_t first, std::size_t next, DropReason reason);
  void tell_loss(Interrupt& interrupt);

  void drain(Interrupt& interrupt);
  [[nodiscard]] bool load_front();
  void lose_unreadable(std::uint64_t records);
  [[nodiscard]] bool deliver_records(Interrupt& interrupt);
  [[nodiscard]] bool deliver_notice(Interrupt& interrupt);
  void pop_front();
  void look_at_log();

  SpoolOptions options_;
  std::unique_ptr<Sink> inner_;
  SinkCounters& shared_;  // the inner sink's
  Leftovers leftovers_;   // and what it could not write

  std::optional<SpoolFolder> folder_;  // from open() to start(), where it was free
  std::unique_ptr<SpoolLog> log_;      // null: not opened yet, or in trouble
  SteadyTime open_again_ = SteadyTime::min();
  SteadyTime next_try_ = SteadyTime::min();  // of a target that is away
  Duration retry_delay_ = kFirstRetry;

  BatchEncoder encoder_;
  PassedEntries passed_;  // and may be taken back; empty while the log is not
  queue::Loss loss_;      // of records that the spool did not take, not told yet
  DropReason loss_reason_ = DropReason::spool_full;
  std::string spool_trouble_;  // why it did not take the latest

  SpoolFront front_;                  // of the log, or what is left of it
  std::uint64_t front_messages_ = 0;  // of it that were handed to the target
};

}  // namespace logsniffd::sink
