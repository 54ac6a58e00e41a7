// Rates compare with the older of two marks.
#include "daemon/app/rate_meter.hpp"

#include <gtest/gtest.h>

namespace logsniffd::app {
namespace {

SteadyTime second(int n) { return SteadyTime(std::chrono::seconds(100 + n)); }

TEST(RateMeter, NoMark_EverythingIsZero) {
  const RateMeter meter;
  EXPECT_EQ(meter.growth("a", 5), 0U);
  EXPECT_EQ(meter.rate("a", 5, second(1)), 0);
}

TEST(RateMeter, OneMark_IsTheBase) {
  RateMeter meter;
  meter.mark(second(0), {{"a", 10}});
  EXPECT_EQ(meter.growth("a", 40), 30U);
  EXPECT_DOUBLE_EQ(meter.rate("a", 40, second(3)), 10);
}

TEST(RateMeter, SeveralMarks_TheLastButOneIsTheBase) {
  RateMeter meter;
  meter.mark(second(0), {{"a", 10}});
  meter.mark(second(10), {{"a", 20}});
  meter.mark(second(20), {{"a", 60}});
  EXPECT_EQ(meter.growth("a", 70), 50U);
  EXPECT_DOUBLE_EQ(meter.rate("a", 70, second(20)), 5);
  EXPECT_EQ(meter.period(second(25)), std::chrono::seconds(15));
}

TEST(RateMeter, FigureThatFellOrIsNew_HasNotGrown) {
  RateMeter meter;
  meter.mark(second(0), {{"a", 10}});
  EXPECT_EQ(meter.growth("a", 9), 0U);
  EXPECT_EQ(meter.growth("b", 9), 0U);
}

TEST(RateMeter, NoTimePassed_IsNoRate) {
  RateMeter meter;
  meter.mark(second(0), {{"a", 10}});
  EXPECT_EQ(meter.rate("a", 40, second(0)), 0);
}

}  // namespace
}  // namespace logsniffd::app
