// The sums that a pipeline's ledger must hold, for every test that replays packets through one pipeline into one queue
// (sink 0).
//
// Each function returns the first thing that is wrong, with its figures; an empty string if nothing is.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::test {

struct LedgerSum {
  const char* whole_name;
  std::uint64_t whole;
  std::uint64_t parts;
};

inline std::string first_unequal(std::initializer_list<LedgerSum> sums) {
  for (const LedgerSum& sum : sums) {
    if (sum.whole == sum.parts) continue;
    return std::string(sum.whole_name) + ": " + std::to_string(sum.whole) +
           ", accounted for: " + std::to_string(sum.parts);
  }
  return {};
}

template <class Counters>
std::uint64_t sum_of(const Counters& counters) {
  std::uint64_t total = 0;
  for (const Counter& counter : counters) total += counter.get();
  return total;
}

// The sum of a block, in the form that first_unequal() takes.
template <class Block>
LedgerSum sum_in(const char* name, const Block& block) {
  std::uint64_t total = 0;
  Block::for_each(block, [&](const CounterName& counter, const auto& value) {
    if (counter.role == CounterName::Role::whole) total += value_of(value);
  });
  return {name, total, total - static_cast<std::uint64_t>(unaccounted(block))};
}

// Holds between any two packets. REQUIRED: no PipelineOptions::max_records.
inline std::string imbalance(const pipeline::Pipeline& pipeline, const record_path::BatchQueue& queue) {
  const record_path::RecordLedger& records = pipeline.records();
  const decoder::DecodeCounters& decoding = pipeline.decoding();
  return first_unequal({
      sum_in("packets", pipeline.packets()),
      sum_in("stream bytes", pipeline.streams()),
      sum_in("fragments", pipeline.fragments()),
      sum_in("joined lines", pipeline.joining()),
      sum_in("bytes of GELF chunks", pipeline.gelf_chunks()),
      sum_in("netconsole datagrams", pipeline.netconsole()),
      sum_in("records", records),
      {"decoded records", records.framed.get(),
       sum_of(decoding.decoded) + decoding.malformed.get() + records.notices.get()},
      sum_in("queued records", queue.counters()),
  });
}

// Holds also after finish(). REQUIRED: every filter of the plan leads to the queue, and each record to one filter.
inline std::string imbalance_at_end(const pipeline::Pipeline& pipeline, const record_path::BatchQueue& queue) {
  if (std::string wrong = imbalance(pipeline, queue); !wrong.empty()) return wrong;
  return first_unequal({
      {"stream bytes held at the end", pipeline.streams().buffered.get(), 0},
      {"fragments held at the end", pipeline.fragments().held.get(), 0},
      {"netconsole datagrams held at the end", pipeline.netconsole().held.get(), 0},
      {"connections open at the end", pipeline.streams().connections_open.get(), 0},
      {"partial bytes at the end", pipeline.framing().partial_bytes.get(), 0},
      {"routed records", pipeline.records().routed.get(), queue.counters().offered.get()},
  });
}

// Finds what is held beyond its limit; nothing may be, between any two packets.
inline std::string excess(const pipeline::Pipeline& pipeline, const pipeline::PipelineLimits& limits) {
  const auto beyond = [](std::uint64_t held, std::uint64_t limit) { return held > limit ? held : 0; };
  return first_unequal({
      {"stream bytes beyond the limit", beyond(pipeline.streams().buffered.get(), limits.tcp.reassembly_bytes), 0},
      {"connections beyond the limit", beyond(pipeline.streams().connections_open.get(), limits.tcp.connections), 0},
      {"fragment bytes beyond the limit", beyond(pipeline.fragments().held_bytes.get(), limits.fragments.bytes), 0},
      {"netconsole bytes beyond the limit", beyond(pipeline.netconsole().memory_bytes.get(), limits.fragments.bytes),
       0},
      {"partial bytes beyond the limit", beyond(pipeline.framing().partial_bytes.get(), limits.framing.partial_bytes),
       0},
  });
}

}  // namespace logsniffd::test
