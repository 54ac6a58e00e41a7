// Limits what decoders may produce beyond plain text, by inflating or by formatting a pickle. A message that
// exceeds the budget is not decoded; the record gives its kind and size instead (decoder.hpp). The budget is
// counted in units: one for each byte produced, and more for work that takes longer than its bytes suggest (Effort;
// GelfReader, Inflated).
//
// EARNED  Each sender has a credit of kBurst. Each of its frames pays in kEarnedPerByte for each of its own bytes, and
//         time pays in a trickle. So a flood of any rate costs in proportion to its bytes on the wire, ordinary traffic
//         never exceeds its credit, and what compresses unusually well is decoded now and then. A sender with less than
//         kReserve left gets nothing until it has earned that much: no frame is half decoded.
// FAIR    In addition, all senders share one budget a second for what is produced beyond a frame's own free part. A
//         sender may use as much as is left for all, less what it has already used: one that floods ends at half the
//         budget, ten at an eleventh each, and an occasional sender finds as much as any of them.
// TIME    steady. It may go back a little when packets overtake each other; a sender gains nothing by that.
// THREAD  confined to the capture worker that owns it.
// BOUNDS  kUnitsASecond, plus what one frame takes beyond its allowance. 2 rows of kSlots slots: in each row a sender
//         shares a slot with others, chosen by a keyed hash. The smaller of the two slots counts as what it has used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::decoder {

class DecodeBudget {
 public:
  // A unit takes 2 to 4 ns, so this is at most a thirtieth of one processor, whatever is sent and by however many
  // senders. One sender alone gets half.
  static constexpr std::size_t kUnitsASecond = 8 * 1024 * 1024;
  // Single events are compressed to a half or a third. Stack traces may be compressed to a sixth; what they take beyond
  // this comes out of the credit.
  static constexpr std::size_t kEarnedPerByte = 5;
  static constexpr std::size_t kBurst = 1024 * 1024;
  static constexpr std::size_t kReserve = 64 * 1024;
  static constexpr std::size_t kTrickleASecond = 64 * 1024;
  static constexpr std::size_t kSlots = 1024;

  explicit DecodeBudget(std::uint64_t secret, std::size_t units_a_second = kUnitsASecond);

  // What may be produced now from a frame of `sender`. The first `free` units do not count against the shared budget.
  [[nodiscard]] std::size_t left(const Address& sender, std::size_t free, PacketTime now);
  // A frame of `frame_bytes` took `units`. REQUIRED: after left(), for the same sender.
  void take(const Address& sender, std::size_t frame_bytes, std::size_t free, std::size_t units);

 private:
  struct Slot {
    // What the sender used in the second with this number. Units of an earlier second count as nothing.
    std::uint64_t second = 0;
    std::size_t units = 0;
    // What is missing from its credit, as of `at`.
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

}  // namespace logsniffd::decoder
