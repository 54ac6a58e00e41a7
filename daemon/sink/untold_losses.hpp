// The losses of one sink that its own output does not tell of yet: added up for each reason, told once the sink works.
//
// THREAD  confined to the sink's worker.
// BOUNDS  one loss a reason.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "daemon/queue/hand_over.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

// sink::SinkCounters::dropped at some moment.
using DroppedSums = std::array<std::uint64_t, kDropReasonNames.size()>;
[[nodiscard]] DroppedSums dropped_sums(const SinkCounters& counters);

class UntoldLosses {
 public:
  // Records under `filter` (empty: several, or unknown).
  void add(DropReason reason, const queue::Loss& loss, std::string_view filter);
  // What became of `batch` since the sums were `before`: its times are as near as a loss is known.
  void add(const DroppedSums& before, const SinkCounters& now, const record::RecordBatch& batch, unsigned index);

  // Asks `sink` to write a line for each, as long as it takes them; what it took is told.
  void tell(Sink& sink, Interrupt& interrupt);

 private:
  struct Untold {
    queue::Loss loss;
    std::string filter;
  };
  std::array<Untold, kDropReasonNames.size()> untold_;
};

}  // namespace logsniffd::sink
