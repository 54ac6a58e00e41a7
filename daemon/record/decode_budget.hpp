// How much decoders may make beyond plain text: by inflating, and by formatting what a pickle says. Beyond it a message
// is not decoded but told by name and size (decoder.hpp). It is counted in units, of which a byte that is made takes
// one, and what takes longer than its bytes tell takes more (Effort; GelfReader, Inflated).
//
// EARNED  Each sender has a credit of kBurst, into which each of its frames pays kEarnedPerByte for each of its own
//         bytes, and time a trickle. So a flood of any rate costs in proportion to its bytes on the wire, what is sent
//         ordinarily is never over its credit, and what compresses unusually well is decoded now and then. A sender
//         with less than kReserve left has nothing until it has earned that much: no frame is decoded by halves.
// FAIR    Beside that there is one budget a second for all, of what is made beyond a frame's own free part. A sender
//         may have as much as is left for all, less what it had already: one that floods ends at half of it, ten at an
//         eleventh each, and who sends something now and then finds as much as any of them.
// TIME    steady: it may go back a little, where packets overtake each other, and gains nothing by that.
// THREAD  confined to the capture worker that owns it.
// BOUNDS  kUnitsASecond, and a frame that takes more than it says; 2 rows of kSlots slots, in each of which a sender
//         shares one with others that its keyed hash chooses: what it is taken to have had is the smaller of the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::record {

class DecodeBudget {
 public:
  // A unit takes 2 to 4 ns: a thirtieth of one processor at most, whatever is sent and by how many. One sender alone
  // has half.
  static constexpr std::size_t kUnitsASecond = 8 * 1024 * 1024;
  // Messages of one event are compressed to a half or a third. Stack traces may be compressed to a sixth: what they
  // take beyond this comes out of the credit.
  static constexpr std::size_t kEarnedPerByte = 5;
  static constexpr std::size_t kBurst = 1024 * 1024;
  static constexpr std::size_t kReserve = 64 * 1024;
  static constexpr std::size_t kTrickleASecond = 64 * 1024;
  static constexpr std::size_t kSlots = 1024;

  explicit DecodeBudget(std::uint64_t secret, std::size_t units_a_second = kUnitsASecond);

  // What may be made now of a frame of `sender`, of which `free` costs the others nothing.
  [[nodiscard]] std::size_t left(const Address& sender, std::size_t free, PacketTime now);
  // A frame of so many bytes took `units`. REQUIRED: behind left(), for the same sender.
  void take(const Address& sender, std::size_t frame_bytes, std::size_t free, std::size_t units);

 private:
  struct Slot {
    // What it had in a second, which is known by its number: that of an earlier second is nothing.
    std::uint64_t second = 0;
    std::size_t units = 0;
    // What is missing in its credit, and when that was so.
    std::size_t debt = 0;
    PacketTime at{};
  };

  void advance(PacketTime now);
  [[nodiscard]] std::size_t debt_of(const Slot& slot) const;
  [[nodiscard]] Slot& slot(const Address& sender, std::size_t row);

  std::uint64_t secret_;
  std::size_t units_a_second_;
  std::size_t used_ = 0;
  std::uint64_t second_ = 1;
  PacketTime now_ = PacketTime::min();  // never goes back
  PacketTime second_ends_ = PacketTime::min();
  std::vector<Slot> slots_;
};

}  // namespace logsniffd::record
