// One destination of log records.
//
// THREAD  open() and take_over() run on the main thread, before the worker starts; everything else except counters()
//         runs on that sink's worker: start(), then the others, then finish().
// LOSS    for every record given to write(), exactly one of counters().written, counters().dropped[reason] and
//         counters().spooled grows before write() returns. Buffered data counts as written only once the kernel has it.
//         If an owner keeps what is undelivered (leave_to), a record with a retryable failure (is_retryable) is listed
//         there instead, and its new owner counts it. Records are dropped through lose() and leave_rest(), which show
//         them to whoever watches.
// BLOCK   a sink waits through Interrupt alone, and gives up (and counts) when it is raised. No call may hang.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/base/counter_block.hpp"
#include "daemon/base/error.hpp"
#include "daemon/record/record_batch.hpp"
#include "daemon/sink/delivery.hpp"
#include "daemon/sink/interrupt.hpp"
#include "daemon/sink/loss_observer.hpp"

namespace logsniffd::sink {

enum class DropReason : std::uint8_t {
  queue_full,     // counted by the queue before the sink
  io_error,       // the target refused the write
  no_space,       // ENOSPC, EDQUOT
  unreachable,    // no socket, no connection
  timeout,        // the target did not take it in time
  too_large,      // larger than the target can take
  shutdown,       // still unwritten when the drain deadline passed
  spool_full,     // the target is unavailable, and the spool has no room left
  spool_error,    // the spool itself could not be written
  spool_damaged,  // it was in the spool, and could not be read back
};
inline constexpr std::array<std::string_view, 10> kDropReasonNames{
    "queue_full", "io_error", "no_space",   "unreachable", "timeout",
    "too_large",  "shutdown", "spool_full", "spool_error", "spool_damaged"};

// "no_space" -> "no space"
[[nodiscard]] std::string in_words(DropReason reason);

// Whether the reason lies with the target and may pass, so that the same record can get through later.
[[nodiscard]] constexpr bool is_retryable(DropReason reason) {
  switch (reason) {
    case DropReason::io_error:
    case DropReason::no_space:
    case DropReason::unreachable:
    case DropReason::timeout:
    case DropReason::shutdown:
      return true;
    default:
      return false;
  }
}

// What became of the records that a sink was given. Number: Counter, or std::uint64_t for the values of one moment.
//
// INVARIANT  records given to the sink + recovered = written + sum(dropped) + spooled. The queue counts the records
//            given (SinkFigures::routed).
template <class Number>
struct SinkTally {
  Number written{};
  Number written_bytes{};
  std::array<Number, kDropReasonNames.size()> dropped{};
  Number rotated{};              // files
  Number rotation_failed{};      // attempts
  Number spooled{};              // a gauge: records that wait on disk
  Number recovered{};            // of those spooled and written: what an earlier process had left there
  Number spool_bytes{};          // a gauge
  Number spool_damaged{};        // places in the spool that could not be read: torn tails, flipped bits
  Number spool_damaged_bytes{};  // the bytes skipped, if the number of their records is unknown
  // These describe written records, and add nothing to the sum:
  Number truncated{};    // cut to what the target takes, and marked as such
  Number resent{};       // sent again, because a connection broke before the peer had acknowledged them
  Number unconfirmed{};  // never acknowledged, and not sent again: whether they arrived is unknown

  Number& dropped_for(DropReason reason) { return dropped[static_cast<std::size_t>(reason)]; }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(part("written"), self.written);
    visit("written_bytes", self.written_bytes);
    for (std::size_t i = 0; i < self.dropped.size(); ++i) visit(part("dropped", kDropReasonNames[i]), self.dropped[i]);
    visit("rotated", self.rotated);
    visit("rotation_failed", self.rotation_failed);
    visit("truncated", self.truncated);
    visit("resent", self.resent);
    visit("unconfirmed", self.unconfirmed);
    visit(part("spooled").gauge(), self.spooled);
    visit(whole("recovered"), self.recovered);
    visit(CounterName("spool_bytes").gauge(), self.spool_bytes);
    visit("spool_damaged", self.spool_damaged);
    visit("spool_damaged_bytes", self.spool_damaged_bytes);
  }
};
using SinkCounters = SinkTally<Counter>;
static_assert(names_every_counter<SinkCounters>());

struct Undelivered;

class Sink {
 public:
  virtual ~Sink() = default;

  // Proves that the target can be written to, as far as that takes no time; a target on another host is left to
  // start(). An error names the target and the fix.
  [[nodiscard]] virtual Status open() = 0;
  // Runs on the main thread, just before the worker starts: the previous owner of the same target has released it
  // by now.
  virtual void take_over() {}
  // Does what may take long before the first write(). Failures are reported through take_error().
  virtual void start(Interrupt&) {}
  // Writes every record of `batch` that goes to sink number `index`, in order.
  virtual void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) = 0;
  // Writes one of the daemon's own lines (a loss marker) into the stream of records, in the sink's format; not counted.
  // Returns false if it was not written, and is worth another try once the target is back.
  [[nodiscard]] virtual bool write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) = 0;
  // Like SIGUSR1: closes and opens the target again. Failures are reported through take_error().
  virtual void reopen() {}
  // Does the work that fell due without any record, whenever the worker has nothing to write. Returns how long until
  // there may be more.
  [[nodiscard]] virtual Duration maintain(Interrupt&) { return kNothingDue; }
  static constexpr Duration kNothingDue = std::chrono::hours(24);
  // Runs after the last write: waits for what is still on its way to the target.
  virtual void finish(Interrupt&) {}

  // From now on write() lists the records with a retryable failure (is_retryable) in `undelivered`, which must outlive this
  // sink. REQUIRED: before write().
  void leave_to(Undelivered& undelivered) { undelivered_ = &undelivered; }

  // From now on the observer, which must outlive this sink, learns what becomes of the calls that follow here. A sink
  // around another one passes the observer on to that one, and uses these calls for it: then records that wait in
  // between are seen when they reach the target. REQUIRED: before open().
  virtual void observe(DeliveryObserver& observer) { observer_ = &observer; }
  // These call open(), start(), reopen(), write() and write_notice(), and tell the observer.
  [[nodiscard]] Status open_target();
  void start_target(Interrupt& interrupt);
  void reopen_target();
  void deliver(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt);
  [[nodiscard]] bool deliver_notice(std::string_view text, PacketTime when, Interrupt& interrupt);

  // From now on the observer sees the records that this sink drops, under this name; both must outlive the sink. A sink
  // around another one passes them on to that one, and drops through its lose(). REQUIRED: before open().
  virtual void show_losses(LossObserver& observer, std::string_view name);
  // Counts these records of `batch`, by their numbers, as dropped, and shows them.
  void lose(const record::RecordBatch& batch, std::span<const std::uint32_t> records, DropReason reason);

  [[nodiscard]] virtual const SinkCounters& counters() const { return counters_; }
  // A sink around this one also counts here: one set of figures for each configured sink.
  [[nodiscard]] SinkCounters& shared_counters() { return counters_; }
  // Returns the latest error and clears it: "writing /var/log/x.log: No space left on device"; empty if there was none
  // since the last call.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }

 protected:
  // All records of `batch` for sink number `index` except the first `settled` could not be written: loses or lists them.
  void leave_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled, DropReason reason);

  SinkCounters counters_;
  Undelivered* undelivered_ = nullptr;  // null: what could not be written is lost
  std::string error_;

 private:
  DeliveryObserver* observer_ = nullptr;
  LossObserver* losses_ = nullptr;
  std::string_view name_;  // for losses_
};

}  // namespace logsniffd::sink
