// The cost of datagrams through the whole pipeline, from the Ethernet frame to the batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::bench {

inline constexpr std::size_t kHeaders = 14 + 20 + 8;  // of a datagram on the wire

class Meter {
 public:
  explicit Meter(record::Decode decode);

  // Processor nanoseconds for one datagram: the least of some rounds, each in a second of its own, so that no budget
  // is used up.
  double cost_ns(std::string_view payload, bool counted);

  // Processor nanoseconds for `seconds` of packet time full of that datagram.
  double flood_ns(std::string_view payload, bool counted, double bits_a_second, double seconds);

  [[nodiscard]] const decoder::DecodeCounters& decoding() const { return pipeline_.decoding(); }

 private:
  void build(std::string_view payload);
  void give(bool counted, Duration step);
  void drain();

  queue::Wakeup wakeup_;
  record_path::BatchQueue queue_;
  const std::atomic<bool> abandon_{false};
  pipeline::Pipeline pipeline_;
  std::vector<std::uint8_t> frame_;
  std::uint64_t number_ = 0;
  PacketTime now_{std::chrono::seconds(1'790'000'000)};
};

}  // namespace logsniffd::bench
