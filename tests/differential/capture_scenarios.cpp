// Writes captures of TCP conversations, one condition of the wire each. The same seed writes the same file.
//
//   capture_scenarios --list                     prints the scenarios, one per line
//   capture_scenarios --scenario NAME --seed N --output FILE [--conversations N]
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "tests/differential/conversation.hpp"

namespace logsniffd::differential {
namespace {

using std::chrono::milliseconds;

struct Scenario {
  std::string_view name;
  Traits traits;
};

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {"in-order", {}},
      {"reordered", {.window = 6}},
      {"retransmitted", {.window = 4, .duplicated = 300}},
      {"overlapping", {.window = 4, .duplicated = 100, .overlapping = 300}},
      {"sequence-wrap", {.window = 4, .duplicated = 100, .near_wrap = true}},
      {"late-retransmission", {.window = 3, .resent = 150}},
      {"capture-loss", {.capture_loses = 100}},
      {"capture-loss-reordered", {.window = 4, .duplicated = 100, .capture_loses = 100}},
      {"fin-lost", {.capture_loses = 100, .loses_fins = 1000}},
      {"fin-lost-reordered", {.window = 4, .capture_loses = 100, .loses_fins = 1000}},
      {"last-bytes-lost", {.last_lost = true}},
      {"ack-before-data", {.window = 3, .queue_skew = milliseconds(4)}},
      {"late-handshake", {.queue_skew = milliseconds(4), .late_handshake = true}},
      {"data-before-handshake", {.queue_skew = milliseconds(4), .late_handshake = true, .data_first = true}},
      {"mid-stream", {.opening = Opening::mid_stream}},
      {"mid-stream-reordered", {.opening = Opening::mid_stream, .window = 4, .resent = 50}},
      {"one-direction", {.window = 4, .duplicated = 100, .resent = 100, .one_direction = true}},
      {"one-direction-loss", {.capture_loses = 100, .one_direction = true}},
      {"fast-open", {.opening = Opening::fast_open, .window = 2}},
      {"fast-open-refused", {.opening = Opening::fast_open_refused}},
      {"fin-with-data", {.closing = Closing::fin_with_data, .window = 2}},
      {"both-close", {.closing = Closing::both_at_once}},
      {"reset", {.closing = Closing::reset, .window = 2}},
      {"reset-with-text", {.closing = Closing::reset_with_text}},
      {"never-closed", {.closing = Closing::none, .resent = 50}},
      {"reused-ports", {.window = 2, .incarnations = 3}},
      {"reused-ports-after-crash", {.closing = Closing::none, .incarnations = 3}},
      {"keep-alives", {.duplicated = 50, .keep_alives = true}},
      {"quiet-after-handshake", {.quiet_first = true, .keep_alives = true}},
      {"zero-windows", {.window = 2, .zero_windows = true}},
      {"ipv6", {.window = 4, .duplicated = 100, .capture_loses = 150, .ipv6 = true}},
      {"vlan", {.window = 4, .capture_loses = 150, .vlans = {7}}},
      {"qinq-ipv6", {.window = 4, .capture_loses = 150, .ipv6 = true, .vlans = {100, 7}}},
      {"bad-day",
       {.window = 8,
        .duplicated = 200,
        .overlapping = 200,
        .resent = 50,
        .capture_loses = 50,
        .near_wrap = true,
        .keep_alives = true,
        .incarnations = 2}},
  };
  return all;
}

void write(const Scenario& scenario, std::uint64_t seed, unsigned conversations, const std::string& path) {
  constexpr std::uint32_t kEthernet = 1;
  constexpr PacketTime kBegin{std::chrono::seconds(1'709'980'064)};  // 2024-03-09 10:27:44 UTC
  std::vector<CapturedPacket> packets;
  for (unsigned i = 0; i < conversations; ++i) {
    const PacketTime begin = kBegin + milliseconds(100) * i;
    const auto more = Conversation(scenario.traits, seed * 1000 + i, i, begin).run();
    packets.insert(packets.end(), more.begin(), more.end());
  }
  std::stable_sort(packets.begin(), packets.end(),
                   [](const CapturedPacket& a, const CapturedPacket& b) { return a.at < b.at; });
  test::CaptureWriter writer(kEthernet);
  for (const CapturedPacket& packet : packets) writer.add(packet.frame, packet.at);
  writer.write_to(path);
}

int run(int argc, char** argv) {
  bool list = false;
  std::string name;
  std::string path;
  std::uint64_t seed = 0;
  unsigned conversations = 1;
  CLI::App app("Writes captures of TCP conversations, one condition of the wire each");
  app.add_flag("--list", list, "print the names of the scenarios");
  app.add_option("--scenario", name, "which one");
  app.add_option("--seed", seed, "the same seed writes the same file");
  app.add_option("--conversations", conversations, "how many, side by side");
  app.add_option("--output", path, "the capture file");
  CLI11_PARSE(app, argc, argv);
  if (list) {
    for (const Scenario& scenario : scenarios()) std::printf("%s\n", std::string(scenario.name).c_str());
    return 0;
  }
  const auto found = std::find_if(scenarios().begin(), scenarios().end(),
                                  [&](const Scenario& scenario) { return scenario.name == name; });
  if (found == scenarios().end() || path.empty()) {
    std::fprintf(stderr, "capture_scenarios: --scenario NAME (--list has them) and --output FILE are needed\n");
    return 2;
  }
  write(*found, seed, conversations, path);
  return 0;
}

}  // namespace
}  // namespace logsniffd::differential

int main(int argc, char** argv) { return logsniffd::differential::run(argc, argv); }
