// Plays one hostile or friendly load to the TCP room (or the whole pipeline) in memory, and prints one JSON object: the
// cost of a packet, the memory, and whether the ledger balances. Each scenario runs in its own process, so that the
// memory is its own.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/bench/tcp_load/scenarios.hpp"
#include "tests/bench/tcp_load/usage.hpp"

namespace logsniffd::bench {
namespace {

struct Options {
  std::string scenario;
  std::string room = "tcp";
  Shape shape;  // 0: the value of the scenario
  config::Limits limits;
};

std::unique_ptr<Target> make_target(const Options& options) {
  return options.room == "tcp" ? make_table_target(options.limits) : make_pipeline_target(options.limits);
}

Shape shape_of(const Options& options, const Scenario& scenario) {
  const auto given = [](auto asked, auto otherwise) { return asked != 0 ? asked : otherwise; };
  return {given(options.shape.connections, scenario.shape.connections),
          given(options.shape.packets, scenario.shape.packets), given(options.shape.bytes, scenario.shape.bytes),
          given(options.shape.rate, scenario.shape.rate)};
}

// The cost of the clock and the loop alone.
double baseline_ns(const Options& options, const Scenario& scenario, const Shape& shape) {
  const auto target = make_idle_target(options.room == "pipeline");
  Wire wire(*target, shape.apart());
  scenario.play(wire, shape);
  wire.flush();
  return wire.measured().ns_a_packet();
}

bool run(const Options& options, const Scenario& scenario) {
  const Shape shape = shape_of(options, scenario);
  const double baseline = baseline_ns(options, scenario, shape);
  const Resident before = resident();
  const std::uint64_t heap_before = heap_bytes();
  const auto target = make_target(options);
  Wire wire(*target, shape.apart());
  scenario.play(wire, shape);
  wire.flush();

  const Resident after = resident();
  const std::uint64_t heap = heap_bytes() - heap_before;
  const Target::Books open = target->books(wire.payload_bytes());
  target->finish(wire.now());
  const Target::Books closed = target->books(wire.payload_bytes());
  const bool balanced = open.balanced && closed.balanced;

  const Tally& measured = wire.measured();
  const auto connections = static_cast<double>(std::max<std::uint64_t>(open.open_connections, 1));
  nlohmann::ordered_json json{{"scenario", scenario.name},
                              {"room", options.room},
                              {"connections", shape.connections},
                              {"limits_connections", options.limits.connections},
                              {"opening_packets", wire.opening().packets},
                              {"opening_ns_a_packet", wire.opening().ns_a_packet()},
                              {"packets", measured.packets},
                              {"ns_a_packet", std::max(measured.ns_a_packet() - baseline, 0.0)},
                              {"baseline_ns", baseline},
                              {"slowest_batch_us", static_cast<double>(measured.slowest_batch_ns) / 1000},
                              {"slowest_silence_us", static_cast<double>(measured.slowest_silence_ns) / 1000},
                              {"allocations", measured.allocations},
                              {"resident_before_mib", before.now_mib},
                              {"resident_after_mib", after.now_mib},
                              {"resident_end_mib", resident().now_mib},
                              {"peak_mib", resident().peak_mib},
                              {"open_connections", open.open_connections},
                              {"bytes_a_connection", (after.now_mib - before.now_mib) * 1024 * 1024 / connections},
                              {"heap_bytes_a_connection", static_cast<double>(heap) / connections}};
  target->describe(json);
  json["balanced"] = balanced;
  std::puts(json.dump().c_str());
  return balanced;
}

}  // namespace
}  // namespace logsniffd::bench

int main(int argc, char** argv) {
  using namespace logsniffd::bench;
  Options options;
  CLI::App app{"Plays a load to the TCP room, or to the whole pipeline, and prints what it cost as JSON."};
  std::string known;
  for (const Scenario& scenario : scenarios())
    known += "\n  " + std::string(scenario.name) + ": " + std::string(scenario.what);
  app.footer("Scenarios:" + known);
  app.add_option("SCENARIO", options.scenario)->required();
  app.add_option("--room", options.room, "tcp, or pipeline: from the frame on")
      ->check(CLI::IsMember({"tcp", "pipeline"}));
  app.add_option("--connections", options.shape.connections)->check(CLI::Range(1U, 10'000'000U));
  app.add_option("--packets", options.shape.packets,
                 "of the measured part, where the scenario does not give their number");
  app.add_option("--bytes", options.shape.bytes, "a stream, where the scenario counts them")
      ->check(CLI::Range(1U, 1U << 28U));
  app.add_option("--rate", options.shape.rate, "packets a second of packet time")
      ->check(CLI::Range(1U, 1'000'000'000U));
  app.add_option("--limits-connections", options.limits.connections)->capture_default_str();
  app.add_option("--limits-reassembly", options.limits.reassembly, "bytes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const auto all = scenarios();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Scenario& each) { return each.name == options.scenario; });
  if (found == all.end()) {
    std::fprintf(stderr, "tcp_load: there is no scenario '%s'; --help names them\n", options.scenario.c_str());
    return 2;
  }
  return run(options, *found) ? 0 : 1;
}
