// A sink that wraps another: while the target is unavailable, records wait in a spool on disk; they follow in order
// once it is back, also after a restart.
//
// While the target takes everything, nothing touches the disk. The first record with a retryable failure (is_retryable), and
// all records after it, go to the spool. Its front is tried again after a back-off, and when the spool is empty,
// records pass through as before.
//
// THREAD   as for every sink. open() or take_over() takes the spool's folder; the worker reads it, as it may be large.
// ORDER    that of write() and write_notice(), across restarts and across a reload that creates the sink again: the new
//          one begins when the old one has released the spool.
// LOSS     every record counts once, in the counters of the inner sink: written or dropped there; spooled; or dropped
//          for spool_full (the newest is dropped, and a loss marker takes its place), spool_error or spool_damaged.
//          What a broken connection had on its way (Undelivered::taken_back) goes to the spool again, and then counts as
//          spooled, no longer as written.
// DOUBLES  a record may come twice: spool_log.hpp and in_flight.hpp say which.
// FAILURE  if the spool cannot be opened, records with a retryable failure are lost and counted as without a spool, and
//          opening is tried again.
// BOUNDS   options.size on disk; in memory one entry that is read, one that is written, and PassedEntries::kCapacity.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/queue/hand_over.hpp"
#include "daemon/sink/sink.hpp"
#include "daemon/sink/undelivered.hpp"
#include "daemon/spool/batch_codec.hpp"
#include "daemon/spool/passed_entries.hpp"
#include "daemon/spool/spool_front.hpp"
#include "daemon/spool/spool_log.hpp"

namespace logsniffd::spool {

struct SpoolOptions {
  std::string path;  // a directory of this sink alone
  std::uint64_t size = 0;
  std::function<SteadyTime()> now = &std::chrono::steady_clock::now;  // a seam for tests
  Duration hand_over_patience = std::chrono::seconds(10);             // for a sink that is releasing the spool
};

class SpooledSink final : public sink::Sink {
 public:
  static constexpr Duration kFirstRetry = std::chrono::milliseconds(250);
  static constexpr Duration kLongestRetry = std::chrono::seconds(5);

  SpooledSink(SpoolOptions options, std::unique_ptr<sink::Sink> inner);

  // Fails only because of the spool: an unavailable target is its normal case (take_error() reports it).
  Status open() override;
  void take_over() override;
  void start(sink::Interrupt& interrupt) override;
  void write(const record::RecordBatch& batch, unsigned index, sink::Interrupt& interrupt) override;
  bool write_notice(std::string_view text, PacketTime when, sink::Interrupt& interrupt) override;
  void reopen() override;
  Duration maintain(sink::Interrupt& interrupt) override;
  void finish(sink::Interrupt& interrupt) override;
  void observe(sink::DeliveryObserver& observer) override { inner_->observe(observer); }
  void show_losses(sink::LossObserver& observer, std::string_view name) override {
    inner_->show_losses(observer, name);
  }
  [[nodiscard]] const sink::SinkCounters& counters() const override { return inner_->counters(); }

 private:
  void open_log(const sink::Interrupt& interrupt);
  [[nodiscard]] Expected<std::unique_ptr<SpoolLog>> try_to_open();
  void adopt(std::unique_ptr<SpoolLog> log);
  [[nodiscard]] bool passes_through() const;
  void target_is_unavailable();
  bool collect_trouble();

  void follow_flight();
  void take_back(std::uint64_t messages);

  void keep_undelivered(const record::RecordBatch& batch);
  void append_encoded(const record::RecordBatch& batch, std::size_t first, std::size_t next);
  [[nodiscard]] SpoolLog::Appended append(const SpoolEntry& entry);
  [[nodiscard]] SpoolLog::Appended append_notice(std::string_view text, PacketTime when);
  [[nodiscard]] SpoolLog::Appended append_loss(std::uint64_t following);
  void lose(const record::RecordBatch& batch, std::size_t first, std::size_t next, sink::DropReason reason);
  void tell_loss(sink::Interrupt& interrupt);

  void drain(sink::Interrupt& interrupt);
  [[nodiscard]] bool load_front();
  void lose_unreadable(std::uint64_t records);
  [[nodiscard]] bool deliver_records(sink::Interrupt& interrupt);
  [[nodiscard]] bool deliver_notice(sink::Interrupt& interrupt);
  void pop_front();
  void look_at_log();

  SpoolOptions options_;
  std::unique_ptr<sink::Sink> inner_;
  sink::SinkCounters& shared_;     // the inner sink's
  sink::Undelivered undelivered_;  // what the inner sink could not write

  std::optional<SpoolFolder> folder_;  // from open() to start(), if it was free
  std::unique_ptr<SpoolLog> log_;      // null: not opened yet, or failed
  SteadyTime open_again_ = SteadyTime::min();
  SteadyTime next_try_ = SteadyTime::min();  // when an unavailable target is tried again
  Duration retry_delay_ = kFirstRetry;

  BatchEncoder encoder_;
  PassedEntries passed_;  // may be taken back; empty unless the log is empty
  queue::Loss loss_;      // of records that the spool did not take; not reported yet
  sink::DropReason loss_reason_ = sink::DropReason::spool_full;
  std::string spool_trouble_;  // why it did not take the latest records

  SpoolFront front_;                  // the front of the log, or the rest of it
  std::uint64_t front_messages_ = 0;  // messages of the front that the target was given
};

}  // namespace logsniffd::spool
