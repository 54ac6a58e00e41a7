// Figures of a daemon that has one of everything.
#pragma once

#include "daemon/metrics/figures.hpp"

namespace logsniffd::metrics {

class Everything {
 public:
  Everything() {
    interfaces.push_back({.name = "eth0", .state = capture::InterfaceState::capturing, .packets = 7, .bytes = 700});
    filters.push_back({"app", {}});
    NamedSink sink{"out", {}, RunningSink{}};
    sink.running->latency.counts.resize(latency_bounds().size());
    sinks.push_back(std::move(sink));
    memory.push_back({"reassembly", 1, 2});
  }

  // LIFETIME  that of this object.
  [[nodiscard]] Figures figures() const {
    return {.pipeline = pipeline,
            .capture = capture,
            .capture_answers = true,
            .interfaces = interfaces,
            .filters = filters,
            .sinks = sinks,
            .memory = memory,
            .connections_ceiling = 5,
            .unaccounted_packets = unaccounted_packets,
            .generation = 3,
            .last_reload_successful = last_reload_successful,
            .version = "1.2.3"};
  }

  pipeline::PipelineCounters pipeline;
  capture::CaptureStatistics capture;
  std::vector<capture::InterfaceFigures> interfaces;
  std::vector<record_path::NamedFilterFigures> filters;
  std::vector<NamedSink> sinks;
  std::vector<BoundedMemory> memory;
  std::int64_t unaccounted_packets = 0;
  bool last_reload_successful = true;
};

}  // namespace logsniffd::metrics
