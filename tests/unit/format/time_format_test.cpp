#include "daemon/format/time_format.hpp"

#include <thread>

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::format {
namespace {

using namespace test;

std::string formatted(const TimeFormat& format, PacketTime time) {
  std::string out = "|";
  format.append(time, out);
  return out.substr(1);
}

TEST(TimeFormat, Rfc3339_HasMicrosecondsAndOffset) {
  const InZone zone("UTC");
  EXPECT_EQ(formatted(TimeFormat::rfc3339(), kWhen), "2026-03-09T10:27:44.016601+00:00");
}

TEST(TimeFormat, ZoneWestAndBehindTheHour_HasNegativeOffset) {
  const InZone zone("XXX3:30");
  EXPECT_EQ(formatted(TimeFormat::rfc3339(), kWhen), "2026-03-09T06:57:44.016601-03:30");
}

TEST(TimeFormat, ZoneEast_HasPositiveOffset) {
  const InZone zone("XXX-5:45");
  EXPECT_EQ(formatted(TimeFormat::rfc3339(), kWhen), "2026-03-09T16:12:44.016601+05:45");
}

TEST(TimeFormat, SecondsInAnyOrder_AreNotMixedUp) {
  const InZone zone;
  const TimeFormat format = std::move(*TimeFormat::compile("%f %H:%M:%S.%f"));
  EXPECT_EQ(formatted(format, kWhen), "016601 10:27:44.016601");
  EXPECT_EQ(formatted(format, kWhen + std::chrono::microseconds(1)), "016602 10:27:44.016602");
  EXPECT_EQ(formatted(format, kWhen + std::chrono::seconds(1)), "016601 10:27:45.016601");
  EXPECT_EQ(formatted(format, kWhen), "016601 10:27:44.016601");
}

TEST(TimeFormat, BeforeTheEpoch_CountsMicrosecondsForward) {
  const InZone zone;
  EXPECT_EQ(formatted(TimeFormat::rfc3339(), PacketTime(std::chrono::microseconds(-1))),
            "1969-12-31T23:59:59.999999+00:00");
}

TEST(TimeFormat, DoubledPercent_IsLiteral) {
  const InZone zone;
  EXPECT_EQ(formatted(*TimeFormat::compile("%%f%Y"), kWhen), "%f2026");
}

TEST(TimeFormat, UnknownOrLineBreakingConversion_IsRefused) {
  for (const std::string_view pattern : {"%Q", "%n", "%t", "%", "%H:%", "%E"}) {
    EXPECT_FALSE(TimeFormat::compile(pattern)) << pattern;
  }
  EXPECT_FALSE(TimeFormat::compile(std::string(300, 'x')));
}

TEST(TimeFormat, TwoThreadsAtOnce_EachGetTheirTime) {
  const InZone zone;
  const TimeFormat format = TimeFormat::rfc3339();
  const auto check = [&format](PacketTime time, const std::string& expected) {
    for (int i = 0; i < 20'000; ++i) ASSERT_EQ(formatted(format, time), expected);
  };
  std::jthread other(check, kWhen + std::chrono::seconds(1), "2026-03-09T10:27:45.016601+00:00");
  check(kWhen, "2026-03-09T10:27:44.016601+00:00");
}

}  // namespace
}  // namespace logsniffd::format
