// The ledger as one value: what became of every packet, byte and record, from the kernel to the sinks, and what cannot
// be accounted for, which is 0.
//
// NAMES  those of docs/operations.md. Each counter carries its own name, in its block (base/counter_block.hpp).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "daemon/capture/packet_source.hpp"
#include "daemon/pipeline/pipeline_counters.hpp"
#include "daemon/sink/sink_worker.hpp"

namespace logsniffd::app {

struct NamedSinkFigures {
  std::string name;
  sink::SinkFigures figures;
};

struct Ledger {
  pipeline::PipelineCounters pipeline;  // packets.received includes what the kernel dropped
  capture::CaptureStatistics capture;
  std::vector<NamedSinkFigures> sinks;

  // The remainder of the sums: 0 unless there is a bug. Signed, because a bug may count twice.
  [[nodiscard]] std::int64_t unaccounted_packets() const;
  [[nodiscard]] std::int64_t unaccounted_bytes() const;
  [[nodiscard]] std::int64_t unaccounted_records() const;
  [[nodiscard]] std::uint64_t lost_records() const;  // dropped, over all sinks

  [[nodiscard]] nlohmann::ordered_json to_value() const;
  [[nodiscard]] std::string to_json() const;  // one line
};

// The ledger without sinks.
[[nodiscard]] Ledger read_ledger(const pipeline::PipelineCounters& counters, const capture::CaptureStatistics& capture);

}  // namespace logsniffd::app
