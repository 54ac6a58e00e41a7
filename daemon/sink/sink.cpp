#include "daemon/sink/sink.hpp"

#include "daemon/sink/leftovers.hpp"

namespace logsniffd::sink {

void Sink::leave_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled, DropReason reason) {
  if (leftovers_ != nullptr && is_away(reason)) {
    leftovers_->reason = reason;
    leftovers_->add_rest(batch, index, settled);
  } else {
    counters_.dropped_for(reason).add(batch.count_for(index) - settled);
  }
}

}  // namespace logsniffd::sink
