#include "daemon/record/value/wall_clock.hpp"

#include "daemon/record/value/local_zone.hpp"

namespace logsniffd::record::value {

std::optional<PacketTime> instant_of(const WallClock& clock, PacketTime captured_at) {
  using std::chrono::seconds;
  using std::chrono::sys_days;
  constexpr int kFirstYear = 1678;  // whole years that 64 bits of nanoseconds can hold
  constexpr int kLastYear = 2261;
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return std::nullopt;  // 60: a leap second
  const auto date = std::chrono::year(clock.year) / clock.month / clock.day;
  if (!date.ok() || clock.year < kFirstYear || clock.year > kLastYear) return std::nullopt;
  const std::chrono::sys_seconds shown =
      sys_days(date) + std::chrono::hours(clock.hour) + std::chrono::minutes(clock.minute) + seconds(clock.second);
  const std::chrono::sys_seconds instant = clock.offset
                                               ? shown - *clock.offset
                                               : from_local_zone(std::chrono::local_seconds(shown.time_since_epoch()),
                                                                 std::chrono::floor<seconds>(captured_at));
  return PacketTime(instant) + std::chrono::nanoseconds(clock.nanoseconds);
}

}  // namespace logsniffd::record::value
