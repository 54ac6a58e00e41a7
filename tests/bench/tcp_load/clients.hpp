// Clients that say lines to one server, as segments. What client i says in round r is a function of i and r. So a
// million clients need no memory, and the measured caches stay those of the target.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "daemon/tcp/segment.hpp"

namespace logsniffd::bench {

inline constexpr std::uint16_t kServerPort = 9988;

// The addresses of the i-th client and its server (kServerPort). Distinct for distinct i.
using Naming = Flow (*)(std::uint32_t i);

Flow spread_flow(std::uint32_t i);     // 1,000 ports per address, as in the reference capture
Flow colliding_flow(std::uint32_t i);  // sequential ports; equal sums; equal XORs; mirrored addresses

// A pseudo-random permutation of [0, count) for each round.
class Shuffle {
 public:
  explicit Shuffle(std::uint32_t count);
  [[nodiscard]] std::uint32_t operator()(std::uint32_t i, std::uint32_t round) const;

 private:
  std::uint32_t count_;
  unsigned bits_;
};

class Clients {
 public:
  explicit Clients(Naming naming = spread_flow);

  [[nodiscard]] tcp::SegmentView syn(std::uint32_t i) const;
  [[nodiscard]] tcp::SegmentView syn_ack(std::uint32_t i) const;
  // The client's line of 40 to 190 characters and a line feed, directly after its lines of earlier rounds.
  [[nodiscard]] tcp::SegmentView line(std::uint32_t i, std::uint32_t round) const;
  // The server's acknowledgement of everything before `round`, and of `beyond` bytes more.
  [[nodiscard]] tcp::SegmentView ack(std::uint32_t i, std::uint32_t round, std::uint32_t beyond = 0) const;
  // Payload of the client, from `offset` of its stream. REQUIRED: size <= kLargest.
  [[nodiscard]] tcp::SegmentView piece(std::uint32_t i, std::uint32_t offset, std::size_t size) const;
  // A segment of the client without payload at `offset` of its stream.
  [[nodiscard]] tcp::SegmentView bare(std::uint32_t i, std::uint8_t flags, std::uint32_t offset) const;
  // The offset of the line of `round` in the client's stream.
  [[nodiscard]] std::uint32_t offset_of(std::uint32_t i, std::uint32_t round) const;

  static constexpr std::size_t kLargest = 1460;

 private:
  static constexpr std::size_t kLines = 64;

  Naming naming_;
  std::vector<std::uint8_t> text_;                  // the lines, one after the other
  std::array<std::uint32_t, kLines + 1> starts_{};  // the start of each line, and the end
  std::vector<std::uint8_t> noise_;                 // kLargest bytes
};

}  // namespace logsniffd::bench
