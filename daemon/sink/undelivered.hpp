// The records of one batch that a sink could not write because its target was unavailable, for the owner that keeps
// them. It also says how much of what the sink did write may still be lost on the way to the target.
//
// THREAD  confined to the sink's worker. The memory is kept from batch to batch.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/record/record_batch.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

struct Undelivered {
  std::vector<std::uint32_t> records;  // their numbers in the batch, each once; in order if they go to one target
  DropReason reason = DropReason::unreachable;  // of the latest

  // This many of the latest written records and notices must be kept: they may be lost on their way. Always 0 if that
  // cannot be known (files, datagrams, unix sockets).
  std::uint64_t in_flight = 0;
  // This many of the latest are to be written again, before `records`, and are no longer in flight. The sink may add to
  // it in any call; the owner sets it back to 0.
  std::uint64_t taken_back = 0;

  // Adds all records for sink number `index`, except the first `settled`.
  void add_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled);
};

}  // namespace logsniffd::sink
