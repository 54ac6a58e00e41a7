// The records of one batch that a sink could not write since its target was away, for whoever keeps them; and how much
// of what it did write its target may still lose.
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

  // Of the records and notices that were written so far, the latest so many are to be kept: they may be lost on their
  // way. Always 0 where nobody could tell (files, datagrams, unix sockets).
  std::uint64_t in_flight = 0;
  // The latest so many are to be written again, in front of `records`, and are not in flight any more. The sink adds to
  // it in any call; whoever keeps them sets it back to 0.
  std::uint64_t taken_back = 0;

  // All records for sink number `index`, but the first `settled`.
  void add_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled);
};

}  // namespace logsniffd::sink
