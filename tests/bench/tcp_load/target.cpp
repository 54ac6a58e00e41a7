#include "tests/bench/tcp_load/target.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "daemon/app/ledger.hpp"
#include "daemon/app/wiring.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/tcp/connection_table.hpp"
#include "tests/bench/tcp_load/clients.hpp"
#include "tests/bench/tcp_load/frame.hpp"

namespace logsniffd::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kSecret = 0x5bd1'e995'97f4'a7c1;

// The frames of one batch, one after the other as in a block of the kernel's ring.
class Frames {
 public:
  void build(std::span<const Arrival> arrivals) {
    bytes_.clear();
    ends_.clear();
    for (const Arrival& arrival : arrivals) {
      append_frame(bytes_, arrival.segment);
      ends_.push_back(bytes_.size());
    }
  }
  [[nodiscard]] Bytes operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return Bytes(bytes_).subspan(begin, ends_[i] - begin);
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

class IdleTarget final : public Target {
 public:
  explicit IdleTarget(bool frames) : framed_(frames) {}
  void prepare(std::span<const Arrival> arrivals) override {
    if (framed_) frames_.build(arrivals);
  }
  void process(std::span<const Arrival> arrivals) override {
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      const void* seen = &arrivals[i];
      if (framed_) seen = frames_[i].data();
      asm volatile("" : : "r"(seen), "m"(*static_cast<const char*>(seen)) : "memory");
    }
  }

 private:
  bool framed_;
  Frames frames_;
};

// Counts what the table reports, independently of its counters.
class CountingObserver final : public tcp::StreamObserver {
 public:
  std::optional<tcp::StreamHandle> on_open(tcp::StreamId, const Flow&, tcp::StreamStart) override {
    ++streams;
    return 0;
  }
  void on_bytes(const tcp::StreamView&, Bytes bytes, PacketTime) override { delivered += bytes.size(); }
  void on_gap(const tcp::StreamView&, std::uint64_t missing_bytes, PacketTime) override { missing += missing_bytes; }
  void on_end(const tcp::StreamView&, tcp::StreamEnd, PacketTime) override { --streams; }

  std::uint64_t delivered = 0;
  std::uint64_t missing = 0;
  std::uint64_t streams = 0;  // open streams
};

Json to_json(const tcp::StreamCounters& counters) {
  Json json;
  tcp::StreamCounters::for_each(
      counters, [&](const CounterName& name, const Counter& counter) { json[std::string(name.word)] = counter.get(); });
  return json;
}

class TableTarget final : public Target {
 public:
  explicit TableTarget(const config::Limits& limits) : table_(app::pipeline_limits(limits).tcp, observer_, kSecret) {}

  void process(std::span<const Arrival> arrivals) override {
    // In bursts, as the pipeline gets them from a file.
    for (; !arrivals.empty(); arrivals = arrivals.subspan(std::min(arrivals.size(), capture::kMaxBurst))) {
      const auto burst = arrivals.first(std::min(arrivals.size(), capture::kMaxBurst));
      for (std::size_t i = 0; i < burst.size(); ++i) places_[i] = table_.place_of(burst[i].segment);
      for (std::size_t i = 0; i < burst.size(); ++i) table_.fetch_place(places_[i]);
      for (std::size_t i = 0; i < burst.size(); ++i) table_.fetch_connection(places_[i]);
      for (std::size_t i = 0; i < burst.size(); ++i) table_.add(burst[i].segment, places_[i], burst[i].at);
    }
  }
  void silence(PacketTime now) override { table_.advance(now); }
  void finish(PacketTime now) override {
    table_.finish(now);
    finished_ = true;
  }
  [[nodiscard]] Books books(std::uint64_t sent) const override {
    const tcp::StreamCounters& c = table_.counters();
    bool balanced = c.seen.get() == sent && unaccounted(c) == 0 && observer_.delivered == c.delivered.get() &&
                    observer_.missing == c.gap_bytes.get();
    if (finished_) {
      balanced = balanced && c.buffered.get() == 0 && c.connections_open.get() == 0 && observer_.streams == 0;
    }
    return {balanced, c.connections_open.get()};
  }
  void describe(Json& json) const override { json["counters"] = to_json(table_.counters()); }

 private:
  CountingObserver observer_;
  tcp::ConnectionTable table_;
  std::array<tcp::ConnectionTable::Place, capture::kMaxBurst> places_;
  bool finished_ = false;
};

class PipelineTarget final : public Target {
 public:
  explicit PipelineTarget(const config::Limits& limits)
      : queue_(config::Sink().queue, wakeup_), pipeline_(options(limits), abandon_) {
    config::Filter filter;
    filter.name = "load";
    filter.ports = {{kServerPort, kServerPort}};
    filter.framing.method = framing::Method::lines;
    filter.to = {"out"};
    config::Config config;
    config.filters.push_back(filter);
    pipeline_.configure(app::make_plan(config, {{"out", 0}}, false).value(), {{0, &queue_}});
  }

  void prepare(std::span<const Arrival> arrivals) override { frames_.build(arrivals); }
  void process(std::span<const Arrival> arrivals) override {
    std::array<capture::RawPacket, capture::kMaxBurst> burst;
    for (std::size_t done = 0; done < arrivals.size();) {
      const std::size_t count = std::min(arrivals.size() - done, burst.size());
      for (std::size_t i = 0; i < count; ++i) {
        const Bytes frame = frames_[done + i];
        burst[i] = {
            frame, static_cast<std::uint32_t>(frame.size()), arrivals[done + i].at, capture::LinkType::ethernet, 1,
            "eth0"};
      }
      pipeline_.on_packets(std::span(burst).first(count));
      done += count;
    }
    drain();
  }
  void silence(PacketTime now) override {
    pipeline_.idle(now);
    drain();
  }
  void finish(PacketTime) override {
    pipeline_.finish();
    drain();
    finished_ = true;
  }
  [[nodiscard]] Books books(std::uint64_t sent) const override {
    pipeline::PipelineCounters counters;
    pipeline_.copy_counters(counters);
    const app::Ledger ledger = app::read_ledger(counters, {});
    const queue::HandOverCounters handed = queue_.counters();
    bool balanced = ledger.unaccounted_packets() == 0 && ledger.unaccounted_bytes() == 0 &&
                    ledger.unaccounted_records() == 0 && ledger.pipeline.streams.seen.get() == sent &&
                    handed.offered.get() == handed.accepted.get() + handed.dropped.get();
    if (finished_) {
      balanced = balanced && ledger.pipeline.streams.buffered.get() == 0 &&
                 pipeline_.framing().partial_bytes.get() == 0 &&
                 handed.offered.get() == ledger.pipeline.records.routed.get();
    }
    return {balanced, pipeline_.streams().connections_open.get()};
  }
  void describe(Json& json) const override {
    json["counters"] = to_json(pipeline_.streams());
    json["records"] = pipeline_.records().framed.get();
    json["records_dropped"] = queue_.counters().dropped.get();
  }

 private:
  static pipeline::PipelineOptions options(const config::Limits& limits) {
    pipeline::PipelineOptions options;
    options.limits = app::pipeline_limits(limits);
    options.linger = config::Capture().latency;
    options.hash_secret = kSecret;
    return options;
  }
  void drain() {
    record_path::BatchQueue::Item item;
    while (queue_.take(item)) queue_.release(item);
  }

  queue::Wakeup wakeup_;
  record_path::BatchQueue queue_;
  const std::atomic<bool> abandon_{false};
  pipeline::Pipeline pipeline_;
  Frames frames_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Target> make_idle_target(bool frames) { return std::make_unique<IdleTarget>(frames); }
std::unique_ptr<Target> make_table_target(const config::Limits& limits) {
  return std::make_unique<TableTarget>(limits);
}
std::unique_ptr<Target> make_pipeline_target(const config::Limits& limits) {
  return std::make_unique<PipelineTarget>(limits);
}

}  // namespace logsniffd::bench
