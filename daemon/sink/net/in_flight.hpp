// Counts the lines handed to a TCP connection that may still be lost, for an owner that keeps the lines itself.
//
// These are the lines that the peer's TCP has not acknowledged, and those that it acknowledged only recently: a
// program that ends leaves unread bytes in its receive buffer, and one that is stopped gives up what it had not
// written yet. The exact amount cannot be known here, so everything that was acknowledged in the last kDoubt counts,
// up to kDoubtBytes.
//
// THREAD  confined to the sink's worker. Steady time is a parameter.
// BOUNDS  memory: one Chunk for each kChunk bytes of the wire that are in flight.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "daemon/base/time.hpp"

namespace logsniffd::sink::net {

class InFlight {
 public:
  static constexpr Duration kDoubt = std::chrono::seconds(10);
  static constexpr std::uint64_t kDoubtBytes = 16 << 20;
  static constexpr std::uint64_t kChunk = 64 << 10;

  // Adds one line that was handed over; it lies within the first `wire_end` bytes of the connection.
  void add(std::uint64_t wire_end);
  // The first `wire_bytes` of the connection have arrived at the peer's TCP; this is known since `now`.
  void acknowledged(std::uint64_t wire_bytes, SteadyTime now);

  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] std::uint64_t unacknowledged() const;
  // The connection is gone.
  void clear();

 private:
  struct Chunk {
    std::uint64_t begin;  // on the wire
    std::uint64_t end;
    std::uint64_t lines;
    std::optional<SteadyTime> acknowledged_at;
  };

  std::deque<Chunk> chunks_;
  std::uint64_t lines_ = 0;  // of all chunks
  std::uint64_t end_ = 0;    // of the latest line on the wire
};

}  // namespace logsniffd::sink::net
