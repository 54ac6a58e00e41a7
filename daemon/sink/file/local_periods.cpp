#include "daemon/sink/file/local_periods.hpp"

#include <ctime>

namespace logsniffd::sink::file {
namespace {

using Quarters = std::chrono::duration<std::int64_t, std::ratio<15 * 60>>;

constexpr Duration kSinceMonday = std::chrono::days(3);  // 1970-01-01 was a Thursday

Duration offset_at(PacketTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  return ::localtime_r(&seconds, &local) != nullptr ? Duration(std::chrono::seconds(local.tm_gmtoff)) : Duration{};
}

// Rounds down, also for negative values.
std::int64_t quotient(Duration dividend, Duration divisor) {
  return dividend / divisor - (dividend % divisor < Duration::zero() ? 1 : 0);
}

}  // namespace

std::int64_t LocalPeriods::index(PacketTime time) { return quotient(local(time), length_); }

Duration LocalPeriods::rest(PacketTime time) { return (index(time) + 1) * length_ - local(time); }

Duration LocalPeriods::local(PacketTime time) {
  if (const PacketTime quarter = std::chrono::floor<Quarters>(time); quarter != quarter_) {
    quarter_ = quarter;
    offset_ = offset_at(time);
  }
  return time.time_since_epoch() + offset_ + kSinceMonday;
}

}  // namespace logsniffd::sink::file
