// Writes the captures of the benchmarks: lines over many interleaved TCP connections or in UDP datagrams, the same bytes
// for the same options on every machine. With --expect it also writes what a perfect collector prints: the lines in the
// order in which their connection has them complete. After --lost segments, only which lines there are is certain: a
// collector decides when it stops waiting.
//
// What goes wrong has random numbers of its own, so a capture with --out-of-order has the same lines as one without.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/bench/frame_writer.hpp"
#include "tests/bench/line_writer.hpp"

namespace logsniffd::bench {
namespace {

struct Options {
  std::string output;
  std::string expect;
  std::uint32_t lines = 4'000'000;
  std::uint32_t connections = 1'000;
  std::uint32_t lines_per_segment = 1;
  std::uint64_t seed = 1;
  bool leave_open = false;
  FrameShape shape;
  LineForm form = LineForm::words;
  double out_of_order_percent = 0;
  double doubled_percent = 0;
  double lost_percent = 0;
};

// What becomes of a segment on its way.
enum class Fate { in_order, late, doubled, lost };

constexpr std::size_t kFlushAt = 1U << 20;
constexpr std::uint64_t kFirstMicrosecond = 1'750'000'000'000'000;
constexpr std::uint64_t kMicrosecondsApart = 5;
constexpr std::size_t kLongestLine = 400;  // in its longest form

class Generator {
 public:
  explicit Generator(const Options& options)
      : options_(options),
        random_(options.seed),
        mishaps_(options.seed + 1),
        connections_(options.connections),
        capture_(options.output, std::ios::binary) {
    if (!options.expect.empty()) expected_.open(options.expect, std::ios::binary);
    for (std::uint32_t i = 0; i < options.connections; ++i) {
      connections_[i].client_address = 0x0A01'0000U + i / 1000U;  // from 10.1.0.0 up
      connections_[i].client_port = static_cast<std::uint16_t>(20'000U + i % 1000U);
    }
  }

  // Returns false if the disk refused a write.
  bool run() {
    file_header();
    std::uint32_t said = 0;
    for (std::uint32_t turn = 0; said < options_.lines; ++turn) {
      // Every connection speaks at least once if there are enough lines. Then chance decides.
      const std::uint32_t who =
          turn < options_.connections ? turn : static_cast<std::uint32_t>(random_() % options_.connections);
      said += speak(who, std::min(options_.lines_per_segment, options_.lines - said));
    }
    if (!options_.leave_open) {
      for (std::uint32_t who = 0; who < options_.connections; ++who) hang_up(who);
    }
    flush();
    capture_.flush();
    expected_.flush();
    return capture_.good() && (options_.expect.empty() || expected_.good());
  }

  [[nodiscard]] std::uint64_t packets() const { return packets_; }

 private:
  void u32(std::uint64_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) out_.push_back(static_cast<char>(value >> shift));
  }

  void file_header() {
    u32(0xA1B2'C3D4);
    u32(0x0004'0002);
    u32(0);
    u32(0);
    u32(262'144);
    u32(1);
  }

  // A segment that is overtaken by the next one of its connection.
  struct Late {
    std::string frame;
    std::string payload;
  };

  [[nodiscard]] std::uint64_t now() const { return kFirstMicrosecond + packets_ * kMicrosecondsApart; }

  // The view is valid until the next call.
  std::string_view frame(Connection& connection, Side from, std::uint8_t flags, std::string_view payload) {
    frame_.clear();
    append_frame(frame_, options_.shape, connection, from, flags, payload, static_cast<std::uint32_t>(now() / 1000));
    return frame_;
  }

  void write(std::string_view frame) {
    u32(now() / 1'000'000);
    u32(now() % 1'000'000);
    u32(frame.size());
    u32(frame.size());
    out_.append(frame);
    ++packets_;
    if (out_.size() >= kFlushAt) flush();
  }

  void packet(Connection& connection, Side from, std::uint8_t flags) { write(frame(connection, from, flags, {})); }

  void expect(std::string_view lines) {
    if (expected_.is_open()) expected_ << lines;
  }

  // Says at most `count` lines, as many as fit into one packet, and returns their number.
  std::uint32_t speak(std::uint32_t who, std::uint32_t count) {
    Connection& connection = connections_[who];
    if (!connection.open && !options_.shape.udp) {
      packet(connection, Side::client, kSyn);
      packet(connection, Side::server, kSyn | kAck);
      packet(connection, Side::client, kAck);
    }
    connection.open = true;
    payload_.clear();
    std::uint32_t said = 0;
    for (; said < count && payload_.size() + kLongestLine <= kLongestPayload; ++said) {
      append_line(payload_, options_.form, random_, who, connection.lines++, now() / 1'000'000);
    }
    send(who, frame(connection, Side::client, kPush | kAck, payload_));
    return said;
  }

  void send(std::uint32_t who, std::string_view frame) {
    if (late_.contains(who)) {
      write(frame);
      deliver_late(who);
      expect(payload_);
    } else {
      switch (fate()) {
        case Fate::late:
          late_.emplace(who, Late{std::string(frame), payload_});
          return;  // it is not acknowledged before it is there
        case Fate::lost:
          break;
        case Fate::doubled:
          write(frame);
          [[fallthrough]];
        case Fate::in_order:
          write(frame);
          expect(payload_);
      }
    }
    if (options_.shape.udp) return;
    // As a receiver does (RFC 9293, 3.8.6.3), every second segment is acknowledged.
    Connection& connection = connections_[who];
    if (connection.ack_owed) packet(connection, Side::server, kAck);
    connection.ack_owed = !connection.ack_owed;
  }

  void deliver_late(std::uint32_t who) {
    const auto found = late_.find(who);
    if (found == late_.end()) return;
    write(found->second.frame);
    expect(found->second.payload);
    late_.erase(found);
  }

  Fate fate() {
    if (happens(options_.out_of_order_percent)) return Fate::late;
    if (happens(options_.doubled_percent)) return Fate::doubled;
    return happens(options_.lost_percent) ? Fate::lost : Fate::in_order;
  }

  bool happens(double percent) { return percent > 0 && static_cast<double>(mishaps_() % 10'000) < percent * 100; }

  void hang_up(std::uint32_t who) {
    Connection& connection = connections_[who];
    deliver_late(who);
    if (!connection.open || options_.shape.udp) return;
    packet(connection, Side::client, kFin | kAck);
    packet(connection, Side::server, kFin | kAck);
    packet(connection, Side::client, kAck);
  }

  void flush() {
    capture_.write(out_.data(), static_cast<std::streamsize>(out_.size()));
    out_.clear();
  }

  const Options& options_;
  std::mt19937_64 random_;
  std::mt19937_64 mishaps_;
  std::vector<Connection> connections_;
  std::ofstream capture_;
  std::ofstream expected_;
  std::string out_;
  std::string frame_;
  std::string payload_;
  std::unordered_map<std::uint32_t, Late> late_;  // by connection
  std::uint64_t packets_ = 0;
};

}  // namespace
}  // namespace logsniffd::bench

int main(int argc, char** argv) {
  logsniffd::bench::Options options;
  CLI::App app{"Writes the captures of the benchmarks; prints the number of packets."};
  app.add_option("OUTPUT", options.output, "the pcap file")->required();
  app.add_option("--expect", options.expect, "also write the lines in order of capture to FILE");
  app.add_option("--lines", options.lines)->check(CLI::Range(1U, 100'000'000U))->capture_default_str();
  app.add_option("--connections", options.connections)->check(CLI::Range(1U, 4'000'000U))->capture_default_str();
  app.add_option("--lines-per-segment", options.lines_per_segment)->check(CLI::Range(1U, 300U))->capture_default_str();
  app.add_option("--seed", options.seed, "of the order of the connections and of the text")->capture_default_str();
  app.add_flag("--leave-open", options.leave_open, "no connection is closed at the end");
  app.add_flag("--ipv6", options.shape.ipv6);
  app.add_flag("--vlan", options.shape.vlan, "each frame has a tag of 802.1Q");
  app.add_option("--form", options.form, "how each line is wrapped: words, rfc3164, rfc5424 or json")
      ->transform(CLI::CheckedTransformer(std::vector<std::pair<std::string, logsniffd::bench::LineForm>>(
          logsniffd::bench::kLineForms.begin(), logsniffd::bench::kLineForms.end())));
  CLI::Option* udp = app.add_flag("--udp", options.shape.udp, "datagrams instead of connections");
  const CLI::Range percent(0.0, 50.0);
  app.add_option("--out-of-order", options.out_of_order_percent,
                 "percent of the segments that the next one of their connection overtakes")
      ->check(percent)
      ->excludes(udp);
  app.add_option("--doubled", options.doubled_percent, "percent of the segments that come twice")
      ->check(percent)
      ->excludes(udp);
  app.add_option("--lost", options.lost_percent, "percent of the segments that are acknowledged but not captured")
      ->check(percent)
      ->excludes(udp);
  CLI11_PARSE(app, argc, argv);

  logsniffd::bench::Generator generator(options);
  if (!generator.run()) {
    std::perror(options.output.c_str());
    return 1;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(generator.packets()));
  return 0;
}
