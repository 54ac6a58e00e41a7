// The records of one batch that a sink could not write since its target was away, for whoever keeps them.
//
// THREAD  confined to the sink's worker. The memory is kept from batch to batch.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/record/record_batch.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

struct Leftovers {
  std::vector<std::uint32_t> records;  // their numbers in the batch, each once; in order where they go to one target
  DropReason reason = DropReason::unreachable;  // of the latest

  // All records for sink number `index`, but the first `settled`.
  void add_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled);
};

}  // namespace logsniffd::sink
