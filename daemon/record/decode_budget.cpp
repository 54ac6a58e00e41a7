#include "daemon/record/decode_budget.hpp"

#include <absl/hash/hash.h>

#include <algorithm>

namespace logsniffd::record {
namespace {

constexpr std::size_t kRows = 2;
constexpr Duration kSecond = std::chrono::seconds(1);
// A clock that is behind itself by no more is the same one: packets of several queues overtake each other.
constexpr Duration kOvertaken = kSecond;

// later - earlier, or kSecond where that is less. REQUIRED: later >= earlier. (Times from a file may be anything: the
// difference of two needs 64 bits without a sign.)
Duration at_most_a_second(PacketTime later, PacketTime earlier) {
  const std::uint64_t gone = static_cast<std::uint64_t>(later.time_since_epoch().count()) -
                             static_cast<std::uint64_t>(earlier.time_since_epoch().count());
  return gone < static_cast<std::uint64_t>(kSecond.count()) ? Duration(static_cast<std::int64_t>(gone)) : kSecond;
}

}  // namespace

DecodeBudget::DecodeBudget(std::uint64_t secret, std::size_t bytes_a_second)
    : secret_(secret), bytes_a_second_(bytes_a_second), slots_(kRows * kSlots) {}

std::size_t DecodeBudget::left(const Address& sender, PacketTime now) {
  advance(now);
  std::size_t had = bytes_a_second_;
  for (std::size_t row = 0; row < kRows; ++row) {
    const Slot& known = slot(sender, row);
    had = std::min(had, known.second == second_ ? known.bytes : 0);
  }
  return bytes_a_second_ - std::min(bytes_a_second_, used_ + had);
}

void DecodeBudget::take(const Address& sender, std::size_t bytes) {
  used_ += bytes;
  for (std::size_t row = 0; row < kRows; ++row) {
    Slot& known = slot(sender, row);
    if (known.second != second_) known = {second_, 0};
    known.bytes += bytes;
  }
}

void DecodeBudget::advance(PacketTime now) {
  Clock& clock = clock_at(now);
  clock.read = ++reads_;
  if (now > clock.latest) {
    const Duration gone = at_most_a_second(now, clock.latest);
    // Behind a pause the clock does not say how much of it others have told already.
    clock.passed = gone < kSecond ? clock.passed + gone : std::max(clock.passed, passed_) + kSecond;
    clock.latest = now;
  }
  passed_ = std::max(passed_, clock.passed);
  if (passed_ < second_ends_) return;
  ++second_;
  used_ = 0;
  second_ends_ = passed_ + kSecond;
}

// The nearest one that `now` can be the progress of. Where all are ahead a clock has stepped back: it begins anew, in
// place of the one that was not read for the longest time.
DecodeBudget::Clock& DecodeBudget::clock_at(PacketTime now) {
  Clock* nearest = nullptr;
  for (Clock& clock : clocks_) {
    if (clock.read == 0) continue;
    const bool possible = clock.latest <= now || at_most_a_second(clock.latest, now) < kOvertaken;
    if (possible && (nearest == nullptr || clock.latest > nearest->latest)) nearest = &clock;
  }
  if (nearest != nullptr) return *nearest;
  Clock& oldest =
      *std::min_element(clocks_.begin(), clocks_.end(), [](const Clock& a, const Clock& b) { return a.read < b.read; });
  oldest = {now, passed_, 0};
  return oldest;
}

DecodeBudget::Slot& DecodeBudget::slot(const Address& sender, std::size_t row) {
  const std::size_t hash = absl::HashOf(secret_, sender);
  return slots_[row * kSlots + (row == 0 ? hash : hash >> 32) % kSlots];
}

}  // namespace logsniffd::record
