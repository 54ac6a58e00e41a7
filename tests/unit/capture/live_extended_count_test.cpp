#include <gtest/gtest.h>

#include "daemon/capture/live_interface.hpp"

namespace logsniffd::capture {
namespace {

TEST(ExtendedCount, CountThatGoesRound_GoesOnIn64Bits) {
  ExtendedCount count;
  EXPECT_EQ(count.update(0x7000'0000U), 0x7000'0000ULL);
  EXPECT_EQ(count.update(0xe000'0000U), 0xe000'0000ULL);
  EXPECT_EQ(count.update(0x0000'0010U), 0x1'0000'0010ULL);
}

TEST(ExtendedCount, Unchanged_AddsNothing) {
  ExtendedCount count;
  EXPECT_EQ(count.update(7), 7U);
  EXPECT_EQ(count.update(7), 7U);
}

TEST(ExtendedCount, CounterReset_IsNoHugeStep) {
  ExtendedCount count;
  EXPECT_EQ(count.update(1000), 1000U);
  EXPECT_EQ(count.update(3), 1000U);
  EXPECT_EQ(count.update(5), 1002U);
}

}  // namespace
}  // namespace logsniffd::capture
