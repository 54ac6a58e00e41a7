#include "daemon/sink/backoff.hpp"

#include <gtest/gtest.h>

namespace logsniffd::sink {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, Fresh_Allows) { EXPECT_TRUE(Backoff().allows(SteadyTime{})); }

TEST(Backoff, EachFailure_DoublesUpToTheLongest) {
  Backoff backoff;
  const SteadyTime now{1h};
  Duration longest = Backoff::kFirst;
  for (int i = 0; i < 20; ++i) {
    backoff.failed(now);
    EXPECT_FALSE(backoff.allows(now + longest / 2 - 1ns)) << i;
    EXPECT_TRUE(backoff.allows(now + longest)) << i;
    longest = std::min(longest * 2, Backoff::kLongest);
  }
  EXPECT_EQ(longest, Backoff::kLongest);
}

TEST(Backoff, Success_StartsOver) {
  Backoff backoff;
  const SteadyTime now{1h};
  for (int i = 0; i < 5; ++i) backoff.failed(now);
  backoff.succeeded();
  EXPECT_TRUE(backoff.allows(now));
  backoff.failed(now);
  EXPECT_TRUE(backoff.allows(now + Backoff::kFirst));
}

}  // namespace
}  // namespace logsniffd::sink
