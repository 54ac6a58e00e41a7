// How many bytes decoders may make beyond their input in one second: by inflating, and by formatting what a pickle
// says. Beyond it a message is not decoded but told by name and size (decoder.hpp).
//
// FAIR    A sender may have as much as is left for all, less what it had already: one that floods ends at half of the
//         budget, ten at an eleventh each, and who sends something now and then finds as much as any of them.
// TIME    Packet time, whose clocks step, and of which there may be several (interfaces with clocks of their own). A
//         second is one of progress: of a clock that steps back, or of two that are read by turns, none is gained.
// THREAD  confined to the capture worker that owns it.
// BOUNDS  kBytesASecond; 2 rows of kSlots slots, in each of which a sender shares one with others that its keyed hash
//         chooses: what it is taken to have had is the smaller of the two. kClocks clocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::record {

class DecodeBudget {
 public:
  // Made and read as JSON at 2 to 20 ns a byte: less than a fifth of one processor, whatever is sent. One sender alone
  // has half of it: 4,000 messages a second that inflate to 1 KiB beyond what is free (Decoder::kFreeInflated).
  static constexpr std::size_t kBytesASecond = 8 * 1024 * 1024;
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::size_t kClocks = 4;

  explicit DecodeBudget(std::uint64_t secret, std::size_t bytes_a_second = kBytesASecond);

  // What may be made for `sender` now.
  [[nodiscard]] std::size_t left(const Address& sender, PacketTime now);
  // REQUIRED: behind left(), for the same sender.
  void take(const Address& sender, std::size_t bytes);

 private:
  // What a sender had in a second, which is known by its number: that of an earlier second is nothing.
  struct Slot {
    std::uint64_t second = 0;
    std::size_t bytes = 0;
  };
  struct Clock {
    PacketTime latest{};
    Duration passed{};  // in all, when it said so
    std::uint64_t read = 0;
  };

  void advance(PacketTime now);
  Clock& clock_at(PacketTime now);
  [[nodiscard]] Slot& slot(const Address& sender, std::size_t row);

  std::uint64_t secret_;
  std::size_t bytes_a_second_;
  std::size_t used_ = 0;
  std::uint64_t second_ = 1;
  Duration passed_{};  // never goes back
  Duration second_ends_ = std::chrono::seconds(1);
  std::uint64_t reads_ = 0;
  std::array<Clock, kClocks> clocks_{};
  std::vector<Slot> slots_;
};

}  // namespace logsniffd::record
