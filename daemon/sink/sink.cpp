#include "daemon/sink/sink.hpp"

#include "daemon/sink/undelivered.hpp"

namespace logsniffd::sink {

void Sink::leave_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled, DropReason reason) {
  if (undelivered_ != nullptr && is_retryable(reason)) {
    undelivered_->reason = reason;
    undelivered_->add_rest(batch, index, settled);
  } else {
    counters_.dropped_for(reason).add(batch.count_for(index) - settled);
  }
}

}  // namespace logsniffd::sink
