// Plays segments to a target in batches, and measures only the target: the clock stops between batches, so that making
// segments costs nothing. A batch fits into the second-level cache.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/tcp_load/target.hpp"

namespace logsniffd::bench {

struct Tally {
  std::uint64_t packets = 0;
  std::uint64_t processor_ns = 0;
  std::uint64_t allocations = 0;
  std::uint64_t slowest_batch_ns = 0;    // of kBatch packets
  std::uint64_t slowest_silence_ns = 0;  // of one call of silence()

  [[nodiscard]] double ns_a_packet() const {
    return packets == 0 ? 0 : static_cast<double>(processor_ns) / static_cast<double>(packets);
  }
};

class Wire {
 public:
  static constexpr std::size_t kBatch = 512;

  Wire(Target& target, Duration apart);  // target must outlive it; `apart`: packet time between two packets

  // LIFETIME  the payload must live until the scenario ends.
  void send(const tcp::SegmentView& segment);
  void silence(Duration length);
  // Ends the opening. The measurement begins here.
  void opened();
  void flush();

  [[nodiscard]] const Tally& opening() const { return opening_; }
  [[nodiscard]] const Tally& measured() const { return tally_; }
  [[nodiscard]] std::uint64_t payload_bytes() const { return payload_bytes_; }
  [[nodiscard]] std::uint64_t sent() const { return opening_.packets + tally_.packets + batch_.size(); }
  [[nodiscard]] PacketTime now() const { return now_; }

 private:
  Target& target_;
  Duration apart_;
  PacketTime now_{std::chrono::seconds(1'750'000'000)};
  std::vector<Arrival> batch_;
  Tally opening_;
  Tally tally_;
  std::uint64_t payload_bytes_ = 0;
};

}  // namespace logsniffd::bench
