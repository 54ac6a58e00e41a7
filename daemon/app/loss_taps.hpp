// The very records that sinks drop, for the taps that want them (`tap --dropped`).
//
// A sink drops on its own worker, and the first queue of a tap takes from the capture worker alone. So such a tap has a
// second queue, into which whichever sink drops something copies its records, under a lock.
//
// THREAD  add() and remove() on the main thread; take_missed() on any; the others on any sink's worker.
// COST    without a tap, one load when a sink drops something.
// BOUNDS  the queues, and one open batch of kCopyBytes or one record. The lock is held while records of one batch are
//         copied, never while anything is waited for. For a queue that may be full nothing is copied: it is counted, and
//         told by take_missed().
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/record_path/tap.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::app {

// What became of a record that a sink dropped: the fates that follow those of record_path.
[[nodiscard]] constexpr record_path::TapFate fate_of(sink::DropReason reason) {
  return record_path::kQueueFull + static_cast<std::size_t>(reason);
}
static_assert(fate_of(sink::DropReason::queue_full) == record_path::kQueueFull);
inline constexpr std::size_t kTapFates = record_path::kQueueFull + sink::kDropReasonNames.size();
static_assert(kTapFates <= record::kMaxSinks, "a fate is a bit of RecordHeader::sinks");

class LossTaps final : public sink::LossObserver {
 public:
  static constexpr std::size_t kCopyBytes = std::size_t{512} << 10;

  // From now on `queue` gets a copy of each record of these filters (by name; none: of all) that a sink drops, with its
  // fate_of() and the sink's name as in Tap. REQUIRED: the queue lives until remove(), and nobody else offers to it.
  void add(record_path::BatchQueue& queue, std::vector<std::string> filters);
  // Returns what take_missed() would.
  queue::Loss remove(const record_path::BatchQueue& queue);
  // The records that were not copied for this queue since the last call. Any thread.
  [[nodiscard]] queue::Loss take_missed(const record_path::BatchQueue& queue);

  [[nodiscard]] bool watches() const override { return watched_.load(std::memory_order_relaxed); }
  void on_loss(const sink::LostRecords& lost) override;

 private:
  struct Tap {
    record_path::BatchQueue* queue;
    std::vector<std::string> filters;
    queue::Loss missed;

    [[nodiscard]] bool wants(std::string_view filter) const;
  };

  void copy(const sink::LostRecords& lost, Tap& tap);
  void hand_over(const Tap& tap);

  std::atomic<bool> watched_{false};  // whether taps_ is not empty; a sink may see it late, by one loss
  std::mutex mutex_;                  // guards what follows
  std::vector<Tap> taps_;
  std::optional<record::RecordBatch> copy_;  // reused, as is this; none without a tap
  std::vector<record::Field> fields_;
};

}  // namespace logsniffd::app
