#include "daemon/metrics/exposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

namespace logsniffd::metrics {
namespace {

using namespace std::chrono_literals;

constexpr std::array<Duration, 17> kLatencyBounds{100us, 250us, 500us, 1ms, 2500us, 5ms, 10ms, 25ms, 50ms,
                                                  100ms, 250ms, 500ms, 1s,  2500ms, 5s,  10s,  60s};

double number(std::uint64_t value) { return static_cast<double>(value); }
double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// How the counters of a section of the ledger are called.
struct Section {
  std::string_view name;      // in the ledger
  std::string_view prefix;    // of every counter that has a family of its own
  std::string_view fates;     // the family of the counters that add up
  std::string_view its_help;  // of that family
};

constexpr std::array<Section, 4> kSections{{
    {"packets", "logsniffd_packets", "logsniffd_packets",
     "Packets by what became of them. Their sum is logsniffd_packets_received_total."},
    {"streams", "logsniffd_streams", "logsniffd_stream_bytes",
     "TCP payload by what became of it. With logsniffd_streams_buffered_bytes, the sum is "
     "logsniffd_streams_bytes_seen_total."},
    {"records", "logsniffd_records", "logsniffd_framed_records",
     "Records by what became of them; each counts once, however many filters take it. Their sum is "
     "logsniffd_records_framed_total."},
    {"sinks", "logsniffd_sink", "logsniffd_sink_records", "Records of the sink by what became of them."},
}};

// The counters whose family has another name than the rule gives, or that need their unit in it.
struct Exception {
  std::string_view figure;  // in the ledger
  std::string_view family;  // without _total
};

constexpr std::array<Exception, 7> kExceptions{{
    {"streams.events.gaps", "logsniffd_gaps"},
    {"streams.events.connections_open", "logsniffd_connections"},
    {"streams.events.recovered", "logsniffd_streams_events_recovered_bytes"},
    {"streams.events.conflicts", "logsniffd_streams_events_conflicts_bytes"},
    {"streams.buffered", "logsniffd_streams_buffered_bytes"},
    {"sinks.queued", "logsniffd_sink_queued_records"},
    {"sinks.spooled", "logsniffd_sink_spooled_records"},
}};

const Section& section_named(std::string_view name) {
  return *std::find_if(kSections.begin(), kSections.end(), [&](const Section& one) { return one.name == name; });
}

std::string joined(std::initializer_list<std::string_view> words, char between) {
  std::string text;
  for (const std::string_view word : words) {
    if (word.empty()) continue;
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

// Whether the word can be part of a metric's name.
bool is_identifier(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return std::islower(c) || std::isdigit(c) || c == '_'; });
}

class Exposition {
 public:
  explicit Exposition(const Figures& figures) : figures_(figures) {}

  Families make() {
    put_daemon();
    pipeline::PipelineCounters::for_each_block(figures_.pipeline,
                                               [&](const pipeline::BlockName& name, const auto& block) {
                                                 put_block(section_named(name.section), name.group, {}, block);
                                               });
    put_block(section_named("packets"), {}, {}, figures_.capture);
    put_interfaces();
    for (const record_path::NamedFilterFigures& filter : figures_.filters) put_filter(filter);
    for (const NamedSink& sink : figures_.sinks) put_sink(sink);
    return std::move(families_);
  }

 private:
  template <class Block>
  void put_block(const Section& section, std::string_view group, const Labels& labels, const Block& block) {
    Block::for_each(block, [&](const CounterName& name, const auto& counter) {
      if (name.is_listed) put_counter(section, group, labels, name, number(value_of(counter)));
    });
  }

  void put_counter(const Section& section, std::string_view group, Labels labels, const CounterName& name,
                   double value) {
    // In a group of the section, what adds up is not told apart: its parts are families like all others.
    const bool is_fate = group.empty() && name.role == CounterName::Role::part && !name.is_gauge;
    if (is_fate) {
      labels.push_back({"outcome", name.group.empty() ? name.word : name.group});
      labels.push_back({"reason", name.group.empty() ? std::string_view() : name.word});
      return families_.counter(section.fates, section.its_help, labels, value);
    }
    if (!is_identifier(name.word)) {  // a sentence: how framing was decided
      labels.push_back({"how", name.word});
      const std::string family = joined({section.prefix, group, name.group, "decided"}, '_');
      const std::string help = fmt::format("How {} was decided, and why (docs/operations.md).", group);
      return families_.counter(family, help, labels, value);
    }
    const std::string figure = joined({section.name, group, name.group, name.word}, '.');
    const auto* const exception = std::find_if(kExceptions.begin(), kExceptions.end(),
                                               [&](const Exception& one) { return one.figure == figure; });
    const std::string family = exception != kExceptions.end()
                                   ? std::string(exception->family)
                                   : joined({section.prefix, group, name.group, name.word}, '_');
    const std::string help = fmt::format("{} of the ledger: see docs/operations.md.", figure);
    if (name.is_gauge) return families_.gauge(family, help, labels, value);
    families_.counter(family, help, labels, value);
  }

  void put_daemon() {
    families_.gauge("logsniffd_build_info", "1; its label says which version runs.", {{"version", figures_.version}},
                    1);
    families_.gauge("logsniffd_start_time_seconds", "When the daemon started, in seconds since 1970.", {},
                    figures_.started_at_s);
    families_.gauge("logsniffd_config_generation", "Number of configurations that were in force since the start.", {},
                    number(figures_.generation));
    families_.gauge("logsniffd_config_last_reload_successful",
                    "0 if the last reload failed: the previous configuration keeps running.", {},
                    figures_.last_reload_successful ? 1 : 0);
    families_.gauge("logsniffd_capture_up", "0 if the capture worker does not answer, or no interface is captured.", {},
                    is_capturing() ? 1 : 0);
    constexpr std::string_view kUnaccounted = "What the ledger cannot account for: 0 unless there is a bug.";
    for (const auto& [stage, left] : {std::pair{"packets", figures_.unaccounted_packets},
                                      {"bytes", figures_.unaccounted_bytes},
                                      {"records", figures_.unaccounted_records}}) {
      families_.gauge("logsniffd_unaccounted", kUnaccounted, {{"stage", stage}}, static_cast<double>(left));
    }
    families_.gauge("logsniffd_connections_ceiling", "limits.connections.", {}, number(figures_.connections_ceiling));
    for (const BoundedMemory& memory : figures_.memory) {
      families_.gauge("logsniffd_memory_bytes", "Memory of what waits.", {{"of", memory.of}}, number(memory.bytes));
      families_.gauge("logsniffd_memory_ceiling_bytes", "The limit for logsniffd_memory_bytes.", {{"of", memory.of}},
                      number(memory.ceiling_bytes));
    }
  }

  [[nodiscard]] bool is_capturing() const {
    return figures_.capture_answers &&
           std::any_of(figures_.interfaces.begin(), figures_.interfaces.end(),
                       [](const auto& one) { return one.state == capture::InterfaceState::capturing; });
  }

  void put_interfaces() {
    // One that comes back is there twice until the kernel's last packets of the former one are read.
    std::map<std::string_view, bool> up;
    for (const capture::InterfaceFigures& one : figures_.interfaces) {
      up[one.name] |= one.state == capture::InterfaceState::capturing;
      const Labels labels{{"interface", one.name}};
      families_.counter("logsniffd_interface_packets", "Packets read since the interface was opened.", labels,
                        number(one.packets));
      families_.counter("logsniffd_interface_bytes", "Bytes of these packets on the wire.", labels, number(one.bytes));
      constexpr std::string_view kDropped =
          "Packets lost since the interface was opened: by the kernel, whose buffer was full, or before it.";
      families_.counter("logsniffd_interface_dropped_packets", kDropped, {labels[0], {"by", "kernel"}},
                        number(one.kernel_dropped));
      families_.counter("logsniffd_interface_dropped_packets", kDropped, {labels[0], {"by", "interface"}},
                        number(one.interface_dropped));
    }
    for (const auto& [name, is_up] : up) {
      families_.gauge("logsniffd_interface_up", "1 if the interface is captured, and has a carrier.",
                      {{"interface", name}}, is_up ? 1 : 0);
    }
  }

  void put_filter(const record_path::NamedFilterFigures& named) {
    const Labels labels{{"filter", named.name}};
    const record_path::FilterFigures& filter = named.figures;
    constexpr std::string_view kHelp = "Records that the filter took, and those that one of its keys refused.";
    const auto put = [&](std::string_view outcome, std::string_view reason, std::uint64_t value) {
      families_.counter("logsniffd_records", kHelp, {labels[0], {"outcome", outcome}, {"reason", reason}},
                        number(value));
    };
    put("routed", {}, filter.records);
    for (const auto& [key, verdict] : filter::kRefusingKeys) {
      put("dropped", key, filter.refused[static_cast<std::size_t>(verdict)]);
    }
    families_.histogram("logsniffd_record_bytes", "Sizes of the messages of the records that the filter took.", labels,
                        sizes(filter.sizes));
    constexpr std::string_view kWants = " that the filter wants by its ports, protocol, direction and networks.";
    families_.counter("logsniffd_filter_streams", fmt::format("Directions of TCP connections{}", kWants), labels,
                      number(filter.streams));
    families_.counter("logsniffd_filter_datagrams", fmt::format("Datagrams{}", kWants), labels,
                      number(filter.datagrams));
    families_.counter("logsniffd_filter_bytes", fmt::format("Payload{}", kWants), labels, number(filter.bytes));
  }

  static prometheus::ClientMetric::Histogram sizes(const record_path::RecordSizes& sizes) {
    prometheus::ClientMetric::Histogram histogram;
    for (std::size_t i = 0; i < sizes.counts.size(); ++i) {
      histogram.sample_count += sizes.counts[i];
      if (i + 1 == sizes.counts.size()) break;  // without a bound
      if (i < record_path::RecordSizes::kLeastShown) continue;
      histogram.bucket.push_back({histogram.sample_count, number(record_path::RecordSizes::bound(i))});
    }
    histogram.sample_sum = number(sizes.bytes);
    return histogram;
  }

  void put_sink(const NamedSink& sink) {
    const Labels labels{{"sink", sink.name}};
    put_block(section_named("sinks"), {}, labels, sink.figures);
    if (!sink.running) return;
    const RunningSink& running = *sink.running;
    families_.gauge("logsniffd_sink_up", "0 if the latest try to write to the target failed.", labels,
                    running.is_up ? 1 : 0);
    families_.gauge("logsniffd_sink_queue_bytes", "Size of the records that wait in memory.", labels,
                    number(running.queued_bytes));
    families_.gauge("logsniffd_sink_queue_ceiling_bytes", "The limit for logsniffd_sink_queue_bytes.", labels,
                    number(running.queue_ceiling_bytes));
    prometheus::ClientMetric::Histogram histogram;
    const std::size_t buckets = std::min(running.latency.counts.size(), kLatencyBounds.size());
    for (std::size_t i = 0; i < buckets; ++i) {
      histogram.bucket.push_back({running.latency.counts[i], seconds(kLatencyBounds[i])});
    }
    histogram.sample_count = running.latency.count;
    histogram.sample_sum = running.latency.sum.count();
    families_.histogram("logsniffd_latency_seconds", "From the capture of a packet to the return of the write.", labels,
                        std::move(histogram));
  }

  const Figures& figures_;
  Families families_;
};

}  // namespace

std::span<const Duration> latency_bounds() { return kLatencyBounds; }

Families families_of(const Figures& figures) { return Exposition(figures).make(); }

std::string exposition(const Figures& figures) { return families_of(figures).text(); }

}  // namespace logsniffd::metrics
