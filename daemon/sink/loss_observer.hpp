// Who wants to see the very records that sinks drop, not only how many (Sink::show_losses).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/record/record_batch.hpp"

namespace logsniffd::sink {

enum class DropReason : std::uint8_t;

// Records of one batch that a sink has dropped, and counted.
struct LostRecords {
  std::string_view sink;  // its name
  const record::RecordBatch& batch;
  std::span<const std::uint32_t> records;  // their numbers in the batch; at least one
  DropReason reason;
};

// THREAD    the sinks' workers, several at the same time.
// LIFETIME  every argument is valid only during the call.
// BLOCK     a sink waits for the call: it must be short, whoever watches.
class LossObserver {
 public:
  virtual ~LossObserver() = default;
  // Whether anybody looks. If not, sinks only count, and list nothing.
  [[nodiscard]] virtual bool watches() const = 0;
  virtual void on_loss(const LostRecords& lost) = 0;
};

}  // namespace logsniffd::sink
