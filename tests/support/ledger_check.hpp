// The sums that a pipeline's ledger must hold, for every test that replays packets through one into one queue (sink 0).
//
// Each function gives the first thing that is wrong, with its figures; an empty string where nothing is.
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

// The invariant of ip/fragment_table.hpp.
inline std::uint64_t accounted_fragments(const ip::FragmentCounters& c) {
  return c.absorbed.get() + c.duplicate.get() + c.held.get() + c.discarded_timeout.get() + c.discarded_limit.get() +
         c.discarded_share.get() + c.discarded_unfinished.get() + c.discarded_overlap.get() +
         c.discarded_malformed.get();
}

// The invariant of framing/netconsole_order.hpp.
inline std::uint64_t accounted_netconsole(const framing::NetconsoleCounters& c) {
  return c.records.get() + c.merged.get() + c.duplicate.get() + c.held.get();
}

// What holds between any two packets. REQUIRED: no PipelineOptions::max_records.
inline std::string imbalance(const pipeline::Pipeline& pipeline, const record_path::BatchQueue& queue) {
  const packet_path::PacketLedger& packets = pipeline.packets();
  const record_path::RecordLedger& records = pipeline.records();
  const record::DecodeCounters& decoding = pipeline.decoding();
  const queue::HandOverCounters handed = queue.counters();
  return first_unequal({
      {"packets", packets.received.get(), packets.decoded.get() + sum_of(packets.ignored) + sum_of(packets.malformed)},
      {"stream bytes", pipeline.streams().seen.get(), pipeline.streams().accounted()},
      {"fragments", pipeline.fragments().fragments.get(), accounted_fragments(pipeline.fragments())},
      {"netconsole datagrams", pipeline.netconsole().datagrams.get(), accounted_netconsole(pipeline.netconsole())},
      {"records", records.framed.get(), records.routed.get() + sum_of(records.filtered)},
      {"decoded records", records.framed.get(),
       sum_of(decoding.decoded) + decoding.malformed.get() + records.notices.get()},
      {"queued records", handed.offered.get(), handed.accepted.get() + handed.dropped.get()},
  });
}

// What holds after finish() beside that. REQUIRED: every filter of the plan leads to the queue, and one record to one
// filter.
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

// What is held beyond its limit: true between any two packets.
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
