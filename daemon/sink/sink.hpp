// One destination of log records.
//
// THREAD  open() on the main thread before the worker starts; from then on everything but counters() on that sink's
// worker: start(), then the others, then finish().
// LOSS    for every record given to write(), exactly one of counters().written and counters().dropped[reason]
// grows, before
//         write() returns. What is still held back in a buffer counts as written only once the kernel has it.
// BLOCK   a sink waits through Interrupt alone, and gives up (and counts) when it is raised. No call may hang.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/counter.hpp"
#include "daemon/base/error.hpp"
#include "daemon/record/record_batch.hpp"
#include "daemon/sink/interrupt.hpp"

namespace logsniffd::sink {

enum class DropReason : std::uint8_t {
  queue_full,   // counted by the queue in front of the sink
  io_error,     // the target refused the write
  no_space,     // ENOSPC, EDQUOT
  unreachable,  // no socket, no connection
  timeout,      // the target did not take it in time
  too_large,    // larger than the target can take
  shutdown,     // still unwritten when the drain deadline passed
};
inline constexpr std::array<std::string_view, 7> kDropReasonNames{"queue_full", "io_error",  "no_space", "unreachable",
                                                                  "timeout",    "too_large", "shutdown"};

struct SinkCounters {
  Counter written;
  Counter written_bytes;
  std::array<Counter, kDropReasonNames.size()> dropped;
  Counter rotated;          // files
  Counter rotation_failed;  // attempts
  // Of those written, and not of their sum:
  Counter truncated;    // cut to what the target takes, and says so
  Counter resent;       // sent once more, as a connection broke before the peer had acknowledged them
  Counter unconfirmed;  // never acknowledged, and not to be sent again: whether they arrived is not known

  Counter& dropped_for(DropReason reason) { return dropped[static_cast<std::size_t>(reason)]; }
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Proves that the target can be written to, as far as that takes no time: what is on another host is left to start().
  // An error names the target and the mend.
  [[nodiscard]] virtual Status open() = 0;
  // What may take long before the first write(). Failures are reported through take_error().
  virtual void start(Interrupt&) {}
  // Writes every record of `batch` that goes to sink number `index`, in order.
  virtual void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) = 0;
  // Writes one line of the daemon's own into the stream of records (a loss marker), under the sink's format; not
  // counted.
  virtual void write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) = 0;
  // As SIGUSR1: close and open the target again. Failures are reported through take_error().
  virtual void reopen() {}
  // Does what fell due without any record, whenever the worker has nothing to write. Returns after how long it may have
  // something to do again.
  [[nodiscard]] virtual Duration tend() { return kNothingDue; }
  static constexpr Duration kNothingDue = std::chrono::hours(24);
  // After the last write: waits for what is still on its way to the target.
  virtual void finish(Interrupt&) {}

  [[nodiscard]] const SinkCounters& counters() const { return counters_; }
  // The latest trouble, once: "writing /var/log/x.log: No space left on device"; empty where there was none since the
  // last call.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }

 protected:
  SinkCounters counters_;
  std::string error_;
};

}  // namespace logsniffd::sink
