// The losses of one sink that its own output does not report yet: added up for each reason, and reported once the
// sink works.
//
// THREAD  confined to the sink's worker.
// BOUNDS  one loss for each reason.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "daemon/queue/hand_over.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

// A snapshot of sink::SinkCounters::dropped.
using DroppedSums = std::array<std::uint64_t, kDropReasonNames.size()>;
[[nodiscard]] DroppedSums dropped_sums(const SinkCounters& counters);

class UnreportedLosses {
 public:
  // Adds lost records under `filter` (empty: several, or unknown).
  void add(DropReason reason, const queue::Loss& loss, std::string_view filter);
  // Adds what was dropped of `batch` since the sums were `before`; the loss gets the batch's times, as its exact times
  // are unknown.
  void add(const DroppedSums& before, const SinkCounters& now, const record::RecordBatch& batch, unsigned index);

  // Asks `sink` to write a line for each loss, as long as it takes them. A line that it took is not written again.
  void report(Sink& sink, Interrupt& interrupt);

 private:
  struct Unreported {
    queue::Loss loss;
    std::string filter;
  };
  std::array<Unreported, kDropReasonNames.size()> unreported_;
};

}  // namespace logsniffd::sink
