// Writes the reference capture of the benchmarks: text lines over many interleaved TCP connections, the same bytes for
// the same options on every machine. With --expect it also writes what a perfect collector prints: the lines in the
// order of capture.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/frame_writer.hpp"

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
};

constexpr std::size_t kShortestLine = 40;
constexpr std::size_t kLongestLine = 190;
constexpr std::size_t kFlushAt = 1U << 20;
constexpr std::uint64_t kFirstMicrosecond = 1'750'000'000'000'000;
constexpr std::uint64_t kMicrosecondsApart = 5;
constexpr std::array<std::string_view, 16> kWords = {"request", "handled", "in",      "queue",   "worker", "retry",
                                                     "cache",   "miss",    "user",    "session", "token",  "expired",
                                                     "status",  "commit",  "flushed", "ok"};

class Generator {
 public:
  explicit Generator(const Options& options)
      : options_(options),
        random_(options.seed),
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
      const std::uint32_t count = std::min(options_.lines_per_segment, options_.lines - said);
      speak(who, count);
      said += count;
    }
    if (!options_.leave_open) {
      for (Connection& connection : connections_) hang_up(connection);
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

  void packet(Connection& connection, Side from, std::uint8_t flags, std::string_view payload) {
    const std::uint64_t now = kFirstMicrosecond + packets_++ * kMicrosecondsApart;
    frame_.clear();
    append_frame(frame_, connection, from, flags, payload, static_cast<std::uint32_t>(now / 1000));
    u32(now / 1'000'000);
    u32(now % 1'000'000);
    u32(frame_.size());
    u32(frame_.size());
    out_.append(frame_);
    if (out_.size() >= kFlushAt) flush();
  }

  void speak(std::uint32_t who, std::uint32_t count) {
    Connection& connection = connections_[who];
    if (!connection.open) {
      packet(connection, Side::client, kSyn, {});
      packet(connection, Side::server, kSyn | kAck, {});
      packet(connection, Side::client, kAck, {});
      connection.open = true;
    }
    payload_.clear();
    for (std::uint32_t i = 0; i < count; ++i) append_line(who, connection.lines++);
    if (expected_.is_open()) expected_ << payload_;
    packet(connection, Side::client, kPush | kAck, payload_);
    // As a receiver does (RFC 9293, 3.8.6.3), every second segment is acknowledged.
    if (connection.ack_owed) packet(connection, Side::server, kAck, {});
    connection.ack_owed = !connection.ack_owed;
  }

  // A line begins with its connection and number, so that a checker sees order and loss for each connection.
  void append_line(std::uint32_t who, std::uint32_t number) {
    const std::size_t start = payload_.size();
    const std::size_t length = kShortestLine + random_() % (kLongestLine - kShortestLine + 1);
    payload_ += "c" + std::to_string(who) + " n" + std::to_string(number);
    while (payload_.size() - start < length) {
      payload_ += ' ';
      payload_ += kWords[random_() % kWords.size()];
    }
    payload_.resize(start + length);
    payload_ += '\n';
  }

  void hang_up(Connection& connection) {
    if (!connection.open) return;
    packet(connection, Side::client, kFin | kAck, {});
    packet(connection, Side::server, kFin | kAck, {});
    packet(connection, Side::client, kAck, {});
  }

  void flush() {
    capture_.write(out_.data(), static_cast<std::streamsize>(out_.size()));
    out_.clear();
  }

  const Options& options_;
  std::mt19937_64 random_;
  std::vector<Connection> connections_;
  std::ofstream capture_;
  std::ofstream expected_;
  std::string out_;
  std::string frame_;
  std::string payload_;
  std::uint64_t packets_ = 0;
};

}  // namespace
}  // namespace logsniffd::bench

int main(int argc, char** argv) {
  logsniffd::bench::Options options;
  CLI::App app{"Writes the reference capture of the benchmarks."};
  app.add_option("OUTPUT", options.output, "the pcap file")->required();
  app.add_option("--expect", options.expect, "also write the lines in order of capture to FILE");
  app.add_option("--lines", options.lines)->check(CLI::Range(1U, 100'000'000U))->capture_default_str();
  app.add_option("--connections", options.connections)->check(CLI::Range(1U, 4'000'000U))->capture_default_str();
  app.add_option("--lines-per-segment", options.lines_per_segment)->check(CLI::Range(1U, 300U))->capture_default_str();
  app.add_option("--seed", options.seed, "of the order of the connections and of the text")->capture_default_str();
  app.add_flag("--leave-open", options.leave_open, "no connection is closed at the end");
  CLI11_PARSE(app, argc, argv);

  logsniffd::bench::Generator generator(options);
  if (!generator.run()) {
    std::perror(options.output.c_str());
    return 1;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(generator.packets()));
  return 0;
}
