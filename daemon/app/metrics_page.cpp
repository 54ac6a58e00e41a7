#include "daemon/app/metrics_page.hpp"

#include <algorithm>

#include "daemon/app/version.hpp"
#include "daemon/metrics/exposition.hpp"

namespace logsniffd::app {
namespace {

std::vector<metrics::NamedSink> sinks_in(const CollectorView& view) {
  std::vector<metrics::NamedSink> sinks;
  for (const NamedSinkFigures& named : view.ledger.sinks) {
    metrics::NamedSink sink{named.name, named.figures, {}};
    const auto running = std::find_if(view.sinks.begin(), view.sinks.end(),
                                      [&](const SinkView& other) { return other.name == named.name; });
    if (running != view.sinks.end()) {
      sink.running = {.is_up = !running->health.failing,
                      .queued_bytes = running->queued_bytes,
                      .queue_ceiling_bytes = running->queue_bytes,
                      .latency = running->latency_buckets};
    }
    sinks.push_back(std::move(sink));
  }
  return sinks;
}

}  // namespace

std::string metrics_page(const CollectorView& view, const config::Config& config, const DaemonFacts& facts) {
  const Ledger& ledger = view.ledger;
  metrics::Figures figures{.pipeline = ledger.pipeline,
                           .capture = ledger.capture,
                           .capture_answers = view.capture.has_value(),
                           .interfaces = {},
                           .filters = {},
                           .sinks = sinks_in(view),
                           .memory = {},
                           .connections_ceiling = config.limits.connections,
                           .unaccounted_packets = ledger.unaccounted_packets(),
                           .unaccounted_bytes = ledger.unaccounted_bytes(),
                           .unaccounted_records = ledger.unaccounted_records(),
                           .generation = facts.generation,
                           .last_reload_successful = facts.reload_failure.empty(),
                           .started_at_s = std::chrono::duration<double>(facts.started_at.time_since_epoch()).count(),
                           .version = kVersion};
  if (view.capture) {
    figures.interfaces = view.capture->interfaces;
    figures.filters = view.capture->filters;
  }
  for (const BoundedMemory& memory : bounded_memory(ledger.pipeline, config.limits)) {
    figures.memory.push_back({std::string(memory.of), memory.bytes, memory.ceiling_bytes});
  }
  return metrics::exposition(figures);
}

}  // namespace logsniffd::app
