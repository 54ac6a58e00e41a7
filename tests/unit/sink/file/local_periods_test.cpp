#include "daemon/sink/file/local_periods.hpp"

#include <gtest/gtest.h>

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

using namespace std::chrono_literals;

constexpr PacketTime utc(int month, int day, int hour, int minute = 0) {
  using namespace std::chrono;
  return sys_days(year(2026) / month / day) + hours(hour) + minutes(minute);
}

struct Case {
  const char* zone;
  Duration length;
  PacketTime last;   // the last moment of a period
  PacketTime first;  // the first moment of the next
};

TEST(LocalPeriods, Periods_EndWithTheLocalHourDayAndWeek) {
  constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";
  for (const Case& at :
       {Case{"UTC", 1h, utc(3, 9, 10, 59), utc(3, 9, 11)}, Case{"UTC", 24h, utc(3, 8, 23), utc(3, 9, 0)},
        Case{kBerlin, 24h, utc(3, 8, 22, 59), utc(3, 8, 23)},      // winter: midnight is 23:00 UTC
        Case{kBerlin, 24h, utc(7, 8, 21, 59), utc(7, 8, 22)},      // summer
        Case{kBerlin, 24h, utc(3, 28, 22, 59), utc(3, 28, 23)},    // the start of the day of 23 hours
        Case{kBerlin, 24h, utc(3, 29, 21, 59), utc(3, 29, 22)},    // the end of that day
        Case{kBerlin, 7 * 24h, utc(3, 8, 22, 59), utc(3, 8, 23)},  // Monday, March 9
        Case{"XYZ-5:30", 1h, utc(3, 9, 10, 29), utc(3, 9, 10, 30)},
        Case{"XYZ5", 6h, utc(3, 9, 10, 59), utc(3, 9, 11)}}) {
    const InZone zone(at.zone);
    LocalPeriods periods(at.length);
    EXPECT_EQ(periods.index(at.last) + 1, periods.index(at.first)) << at.zone;
    EXPECT_EQ(periods.rest(at.last), at.first - at.last) << at.zone;
    EXPECT_EQ(periods.rest(at.first), at.length == 24h && at.first == utc(3, 28, 23) ? 24h : at.length);
  }
}

TEST(LocalPeriods, BeforeTheEpoch_GoesOnCountingDown) {
  const InZone zone;
  LocalPeriods periods(24h);
  EXPECT_EQ(periods.index(PacketTime(-1ns)) + 1, periods.index(PacketTime(0ns)));
  EXPECT_EQ(periods.index(PacketTime(-24h * 30)), periods.index(PacketTime(0ns)) - 30);
}

TEST(LocalPeriods, RepeatedHour_IsOnePeriod) {
  const InZone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  LocalPeriods periods(1h);
  EXPECT_EQ(periods.index(utc(10, 25, 0, 30)), periods.index(utc(10, 25, 1, 30)));  // 02:30 local time, twice
}

}  // namespace
}  // namespace logsniffd::sink::file
