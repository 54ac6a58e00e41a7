#include "daemon/decoder/decode_budget.hpp"

#include <absl/hash/hash.h>

#include <algorithm>

namespace logsniffd::decoder {
namespace {

constexpr std::size_t kRows = 2;
constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kFilled = kSecond * (DecodeBudget::kBurst / DecodeBudget::kTrickleASecond);

// later - earlier, but at most `most`. REQUIRED: later >= earlier. (Times from a file may be anything: the difference
// of two needs 64 unsigned bits.)
Duration at_most(Duration most, PacketTime later, PacketTime earlier) {
  const std::uint64_t gone = static_cast<std::uint64_t>(later.time_since_epoch().count()) -
                             static_cast<std::uint64_t>(earlier.time_since_epoch().count());
  return gone < static_cast<std::uint64_t>(most.count()) ? Duration(static_cast<std::int64_t>(gone)) : most;
}

std::size_t less(std::size_t from, std::size_t what) { return from - std::min(from, what); }

}  // namespace

DecodeBudget::DecodeBudget(std::uint64_t secret, std::size_t units_a_second)
    : secret_(secret), units_a_second_(units_a_second), slots_(kRows * kSlots) {}

std::size_t DecodeBudget::left(const Address& sender, std::size_t free, PacketTime now) {
  advance(now);
  std::size_t had = units_a_second_;
  std::size_t debt = kBurst;
  for (std::size_t row = 0; row < kRows; ++row) {
    const Slot& known = slot(sender, row);
    had = std::min(had, known.second == second_ ? known.units : 0);
    debt = std::min(debt, debt_of(known));
  }
  const std::size_t credit = kBurst - debt;
  return credit < kReserve ? 0 : std::min(credit, free + less(units_a_second_, used_ + had));
}

void DecodeBudget::take(const Address& sender, std::size_t frame_bytes, std::size_t free, std::size_t units) {
  const std::size_t charged = less(units, free);
  used_ += charged;
  for (std::size_t row = 0; row < kRows; ++row) {
    Slot& known = slot(sender, row);
    known = {second_, (known.second == second_ ? known.units : 0) + charged,
             less(debt_of(known) + units, kEarnedPerByte * frame_bytes), now_};
  }
}

void DecodeBudget::advance(PacketTime now) {
  now_ = std::max(now_, now);
  if (now_ < second_ends_) return;
  ++second_;
  used_ = 0;
  second_ends_ = now_ + std::min(kSecond, PacketTime::max() - std::max(now_, PacketTime()));
}

// The debt less what time has paid since.
std::size_t DecodeBudget::debt_of(const Slot& slot) const {
  const Duration gone = at_most(kFilled, now_, slot.at);
  return less(slot.debt,
              static_cast<std::size_t>(gone.count()) * kTrickleASecond / static_cast<std::size_t>(kSecond.count()));
}

DecodeBudget::Slot& DecodeBudget::slot(const Address& sender, std::size_t row) {
  const std::size_t hash = absl::HashOf(secret_, sender);
  return slots_[row * kSlots + (row == 0 ? hash : hash >> 32) % kSlots];
}

}  // namespace logsniffd::decoder
