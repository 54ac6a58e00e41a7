#include "tests/bench/worst_input/meter.hpp"

#include <algorithm>
#include <limits>

#include "daemon/app/wiring.hpp"
#include "tests/bench/tcp_load/usage.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::bench {
namespace {

constexpr std::size_t kPayloadAt = kHeaders;
constexpr int kRounds = 5;
constexpr int kBurst = 4;  // datagrams per round

pipeline::PipelineOptions options() {
  pipeline::PipelineOptions options;
  options.limits = app::pipeline_limits(config::Limits());
  options.linger = config::Capture().latency;
  options.hash_secret = 0x5bd1'e995'97f4'a7c1;
  return options;
}

}  // namespace

Meter::Meter(record::Decode decode) : queue_(config::Sink().queue, wakeup_), pipeline_(options(), abandon_) {
  config::Filter filter;
  filter.name = "load";
  filter.ports = {{514, 514}};
  filter.decode = decode;
  filter.to = {"out"};
  config::Config config;
  config.filters.push_back(filter);
  pipeline_.configure(app::make_plan(config, {{"out", 0}}, false).value(), {{0, &queue_}});
}

void Meter::build(std::string_view payload) {
  const auto packet = test::udp_packet(test::endpoint("10.0.0.66:5000"), test::endpoint("10.0.0.2:514"), payload);
  frame_ = test::ethernet(packet);
}

void Meter::give(bool counted, Duration step) {
  if (counted && frame_.size() >= kPayloadAt + 10) {
    ++number_;
    for (std::size_t i = 0; i < 8; ++i) frame_[kPayloadAt + 2 + i] = static_cast<std::uint8_t>(number_ >> (8 * i));
  }
  now_ += step;
  pipeline_.on_packet(
      {frame_, static_cast<std::uint32_t>(frame_.size()), now_, capture::LinkType::ethernet, 1, "eth0"});
  drain();
}

void Meter::drain() {
  record_path::BatchQueue::Item item;
  while (queue_.take(item)) queue_.release(item);
}

double Meter::cost_ns(std::string_view payload, bool counted) {
  build(payload);
  double least = std::numeric_limits<double>::max();
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t before = processor_ns();
    for (int i = 0; i < kBurst; ++i) give(counted, std::chrono::seconds(1));
    least = std::min(least, static_cast<double>(processor_ns() - before) / kBurst);
  }
  return least;
}

double Meter::flood_ns(std::string_view payload, bool counted, double bits_a_second, double seconds) {
  build(payload);
  const double apart = 8e9 * static_cast<double>(payload.size() + kHeaders) / bits_a_second;
  const auto count = static_cast<std::uint64_t>(seconds * 1e9 / apart);
  now_ += std::chrono::seconds(5);
  const std::uint64_t before = processor_ns();
  for (std::uint64_t i = 0; i < count; ++i) give(counted, Duration(static_cast<std::int64_t>(apart)));
  return static_cast<double>(processor_ns() - before);
}

}  // namespace logsniffd::bench
