// All figures of a running daemon at one instant, as the metrics show them.
//
// LABELS  every name is from the configuration, or of one of the interfaces that it asks for; none is from traffic.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/capture/interface_figures.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/pipeline/pipeline_counters.hpp"
#include "daemon/record_path/filter_figures.hpp"
#include "daemon/sink/latency_histogram.hpp"
#include "daemon/sink/sink_worker.hpp"

namespace logsniffd::metrics {

// The bounds of the histogram of latencies. Each is exact: see LatencyHistogram::cumulative().
[[nodiscard]] std::span<const Duration> latency_bounds();

struct RunningSink {
  bool is_up = true;  // as of the latest try of its target
  std::uint64_t queued_bytes = 0;
  std::uint64_t queue_ceiling_bytes = 0;
  sink::CumulativeLatency latency;  // REQUIRED: by latency_bounds()
};

struct NamedSink {
  std::string name;
  sink::SinkFigures figures;
  std::optional<RunningSink> running;  // nullopt: it is not in the configuration any more
};

// What is waiting, and the limit for it.
struct BoundedMemory {
  std::string of;
  std::uint64_t bytes = 0;
  std::uint64_t ceiling_bytes = 0;
};

// LIFETIME  the references and spans are used only while exposition() runs.
struct Figures {
  const pipeline::PipelineCounters& pipeline;
  const capture::CaptureStatistics& capture;
  bool capture_answers = true;  // if not, `interfaces` and `filters` are empty
  std::span<const capture::InterfaceFigures> interfaces;
  std::span<const record_path::NamedFilterFigures> filters;
  std::vector<NamedSink> sinks;
  std::vector<BoundedMemory> memory;
  std::uint64_t connections_ceiling = 0;
  std::int64_t unaccounted_packets = 0;
  std::int64_t unaccounted_bytes = 0;
  std::int64_t unaccounted_records = 0;
  std::uint64_t generation = 1;
  bool last_reload_successful = true;
  double started_at_s = 0;  // since 1970
  std::string version;
};

}  // namespace logsniffd::metrics
