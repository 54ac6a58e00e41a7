#include "daemon/app/status_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/app/version.hpp"
#include "daemon/format/time_format.hpp"

namespace logsniffd::app {
namespace {

using Json = nlohmann::ordered_json;

std::string rfc3339(PacketTime time) {
  std::string text;
  format::TimeFormat::rfc3339().append(time, text);
  return text;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

double rounded(double value) { return std::round(value * 10) / 10; }

// Visits every figure that has a rate, by its name in the meter.
template <class Visit>
void for_each_figure(const CollectorView& view, Visit visit) {
  visit("packets", view.ledger.pipeline.packets.received.get());
  visit("bytes", view.ledger.pipeline.packets.received_bytes.get());
  visit("records", view.ledger.pipeline.records.framed.get());
  visit("kernel_dropped", view.ledger.capture.kernel_dropped);
  for (const auto& [name, sink] : view.ledger.sinks) {
    visit("sink." + name + ".written", sink.written);
    visit("sink." + name + ".dropped", sink.dropped_sum());
    visit("sink." + name + ".unconfirmed", sink.unconfirmed);
  }
  if (!view.capture) return;
  for (const capture::InterfaceFigures& interface : view.capture->interfaces) {
    visit("interface." + interface.name + ".packets", interface.packets);
    visit("interface." + interface.name + ".bytes", interface.bytes);
  }
  for (const auto& [name, filter] : view.capture->filters) visit("filter." + name + ".records", filter.records);
}

// The members of the report, and the problems found while they are made.
class Report {
 public:
  Report(const CollectorView& view, const config::Config& config, const RateMeter& rates, SteadyTime now,
         PacketTime wall)
      : view_(view), config_(config), rates_(rates), now_(now), wall_(wall) {}

  Json make(const DaemonFacts& facts) {
    if (!facts.reload_failure.empty()) {
      problem("the last reload failed, the previous configuration keeps running: " + facts.reload_failure);
    }
    Json json;
    json["status"] = nullptr;  // these two are known last, and shown first
    json["problems"] = nullptr;
    json["version"] = kVersion;
    json["pid"] = ::getpid();
    json["started"] = rfc3339(facts.started_at);
    json["uptime_s"] = std::chrono::duration_cast<std::chrono::seconds>(wall_ - facts.started_at).count();
    json["generation"] = facts.generation;
    json["configuration"] = {{"file", facts.config_path}, {"read", rfc3339(facts.configured_at)}};
    json["rates"] = {{"packets_per_s", rate("packets", view_.ledger.pipeline.packets.received.get())},
                     {"bytes_per_s", rate("bytes", view_.ledger.pipeline.packets.received_bytes.get())},
                     {"records_per_s", rate("records", view_.ledger.pipeline.records.framed.get())}};
    json["interfaces"] = interfaces();
    json["filters"] = filters(facts);
    json["sinks"] = sinks();
    json["senders"] = senders();
    json["connections"] = {{"open", view_.ledger.pipeline.streams.connections_open.get()},
                           {"ceiling", config_.limits.connections}};
    json["memory"] = memory();
    json["ledger"] = view_.ledger.to_value();
    json["unaccounted"] = json["ledger"]["unaccounted"];
    check_ledger();
    json["status"] = problems_.empty() ? "well" : "trouble";
    json["problems"] = problems_;
    return json;
  }

 private:
  void problem(std::string text) { problems_.push_back(std::move(text)); }
  [[nodiscard]] double rate(const std::string& name, std::uint64_t value) const {
    return rounded(rates_.rate(name, value, now_));
  }
  [[nodiscard]] auto seconds_of_rates() const {
    return std::chrono::duration_cast<std::chrono::seconds>(rates_.period(now_)).count();
  }

  Json interfaces() {
    Json list = Json::array();
    if (!view_.capture) {
      problem(fmt::format("the capture worker does not answer within {} s",
                          std::chrono::duration_cast<std::chrono::seconds>(kLookWithin).count()));
      return list;
    }
    bool capturing = false;
    for (const capture::InterfaceFigures& interface : view_.capture->interfaces) {
      const std::string key = "interface." + interface.name;
      list.push_back({{"name", interface.name},
                      {"state", word_of(interface.state)},
                      {"link", interface.link_type},
                      {"packets", interface.packets},
                      {"bytes", interface.bytes},
                      {"packets_per_s", rate(key + ".packets", interface.packets)},
                      {"bytes_per_s", rate(key + ".bytes", interface.bytes)},
                      {"kernel_dropped", interface.kernel_dropped},
                      {"interface_dropped", interface.interface_dropped}});
      capturing |= interface.state == capture::InterfaceState::capturing;
      if (interface.state != capture::InterfaceState::capturing) {
        problem(fmt::format("interface {}: {}; nothing is captured on it", interface.name, word_of(interface.state)));
      }
    }
    if (!capturing) problem("no interface is captured on");
    return list;
  }

  Json filters(const DaemonFacts& facts) {
    Json list = Json::array();
    for (std::size_t i = 0; i < config_.filters.size(); ++i) {
      const config::Filter& filter = config_.filters[i];
      Json json{{"name", filter.name}, {"place", filter.mark.place(facts.config_path)}};
      if (view_.capture && i < view_.capture->filters.size()) {
        const record_path::FilterFigures& figures = view_.capture->filters[i].figures;
        json["records"] = figures.records;
        json["records_per_s"] = rate("filter." + filter.name + ".records", figures.records);
        put_time(json, "last_record", figures.last_record_at);
        json["streams"] = figures.streams;
        json["datagrams"] = figures.datagrams;
        json["bytes"] = figures.bytes;
        put_time(json, "last_traffic", figures.last_bytes_at);
        for (const auto& [key, verdict] : filter::kRefusingKeys) {
          json["dropped"][key] = figures.refused[static_cast<std::size_t>(verdict)];
        }
      }
      json["to"] = filter.to;
      list.push_back(std::move(json));
    }
    return list;
  }

  void put_time(Json& json, const std::string& key, PacketTime time) const {
    if (time == PacketTime{}) return;
    json[key] = rfc3339(time);
    json[key + "_age_s"] =
        std::chrono::duration_cast<std::chrono::seconds>(std::max(wall_ - time, Duration::zero())).count();
  }

  Json sinks() {
    Json list = Json::array();
    for (const SinkView& sink : view_.sinks) {
      Json json{{"name", sink.name}, {"type", sink.type}, {"target", sink.target}};
      json["state"] = sink.waits ? "waiting" : sink.health.failing ? "failing" : "working";
      json["since"] = rfc3339(sink.health.since);
      if (sink.health.failing) {
        json["trouble"] = sink.health.trouble;
        problem(fmt::format("sink {} has been failing since {}: {}", sink.name, rfc3339(sink.health.since),
                            sink.health.trouble));
      }
      put_time(json, "last_write", sink.last_write.value_or(PacketTime{}));
      json["latency"] = {{"count", sink.latency.count},
                         {"p50_s", seconds(sink.latency.p50)},
                         {"p90_s", seconds(sink.latency.p90)},
                         {"p99_s", seconds(sink.latency.p99)},
                         {"max_s", seconds(sink.latency.longest)}};
      const auto named = std::find_if(view_.ledger.sinks.begin(), view_.ledger.sinks.end(),
                                      [&](const NamedSinkFigures& other) { return other.name == sink.name; });
      if (named != view_.ledger.sinks.end()) put_figures(json, sink, named->figures);
      list.push_back(std::move(json));
    }
    return list;
  }

  [[nodiscard]] Json senders() const {
    Json list = Json::array();
    if (!view_.capture) return list;
    const double span = seconds(view_.capture->senders.span);
    for (const BusySender& sender : view_.capture->senders.senders) {
      list.push_back({{"address", sender.address.to_string()},
                      {"records_per_s", rounded(static_cast<double>(sender.records) / span)},
                      {"bytes_per_s", rounded(static_cast<double>(sender.bytes) / span)}});
    }
    return list;
  }

  void put_figures(Json& json, const SinkView& sink, const sink::SinkFigures& figures) {
    const std::string key = "sink." + sink.name;
    json["queue"] = {{"records", figures.queued}, {"bytes", sink.queued_bytes}, {"ceiling_bytes", sink.queue_bytes}};
    json["written"] = figures.written;
    json["written_per_s"] = rate(key + ".written", figures.written);
    Json dropped = Json::object();
    std::string reasons;
    for (std::size_t i = 0; i < figures.dropped.size(); ++i) {
      if (figures.dropped[i] == 0) continue;
      dropped[std::string(sink::kDropReasonNames[i])] = figures.dropped[i];
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", sink::kDropReasonNames[i], figures.dropped[i]);
    }
    json["dropped"] = std::move(dropped);
    json["spooled"] = figures.spooled;
    json["unconfirmed"] = figures.unconfirmed;
    if (const auto lost = rates_.growth(key + ".dropped", figures.dropped_sum()); lost > 0) {
      problem(fmt::format("sink {} lost {} records in the last {} s ({} in all)", sink.name, lost, seconds_of_rates(),
                          reasons));
    }
    if (const auto lost = rates_.growth(key + ".unconfirmed", figures.unconfirmed); lost > 0) {
      problem(fmt::format("the target of sink {} did not acknowledge {} records in the last {} s", sink.name, lost,
                          seconds_of_rates()));
    }
  }

  [[nodiscard]] Json memory() const {
    Json json;
    for (const BoundedMemory& memory : bounded_memory(view_.ledger.pipeline, config_.limits)) {
      json[std::string(memory.of)] = {{"bytes", memory.bytes}, {"ceiling_bytes", memory.ceiling_bytes}};
    }
    return json;
  }

  void check_ledger() {
    const Ledger& ledger = view_.ledger;
    if (const auto lost = rates_.growth("kernel_dropped", ledger.capture.kernel_dropped); lost > 0) {
      problem(
          fmt::format("the kernel dropped {} packets in the last {} s, because its buffer was full; raise "
                      "capture.buffer, or watch fewer ports",
                      lost, seconds_of_rates()));
    }
    if (ledger.unaccounted_packets() != 0 || ledger.unaccounted_bytes() != 0 || ledger.unaccounted_records() != 0) {
      problem("the ledger does not add up: this is a fault of logsniffd; please report it with this output");
    }
  }

  const CollectorView& view_;
  const config::Config& config_;
  const RateMeter& rates_;
  SteadyTime now_;
  PacketTime wall_;
  std::vector<std::string> problems_;
};

}  // namespace

std::array<BoundedMemory, 3> bounded_memory(const pipeline::PipelineCounters& counters, const config::Limits& limits) {
  return {{{"reassembly", counters.streams.buffered.get(), limits.reassembly},
           {"partial_records", counters.framing.partial_bytes.get(), limits.reassembly},
           {"fragments", counters.fragments.held_bytes.get(), limits.fragments}}};
}

void StatusReport::mark(const CollectorView& view, SteadyTime now) {
  RateMeter::Figures figures;
  for_each_figure(view, [&](std::string name, std::uint64_t value) { figures[std::move(name)] = value; });
  rates_.mark(now, std::move(figures));
}

Json StatusReport::report(const CollectorView& view, const config::Config& config, const DaemonFacts& facts,
                          SteadyTime now, PacketTime wall) const {
  return Report(view, config, rates_, now, wall).make(facts);
}

}  // namespace logsniffd::app
