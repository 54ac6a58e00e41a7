#include "daemon/sink/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace logsniffd::sink {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kNow{1h};

Backoff always(double random) {
  return Backoff([random] { return random; });
}

// Returns the time from `kNow` to the first moment at which `backoff` allows another try.
Duration wait_of(const Backoff& backoff) {
  Duration least = 0ns;
  Duration most = 1h;
  while (least < most) {
    const Duration middle = least + (most - least) / 2;
    if (backoff.allows(kNow + middle)) {
      most = middle;
    } else {
      least = middle + 1ns;
    }
  }
  return least;
}

TEST(Backoff, Fresh_Allows) { EXPECT_TRUE(Backoff().allows(SteadyTime{})); }

TEST(Backoff, EachFailure_DoublesUpToTheLongest) {
  Backoff least = always(0);
  Backoff most = always(1);
  Duration longest = Backoff::kFirst;
  for (int i = 0; i < 20; ++i) {
    least.failed(kNow);
    most.failed(kNow);
    EXPECT_EQ(wait_of(least), longest / 2) << i;
    EXPECT_EQ(wait_of(most), longest) << i;
    longest = std::min(longest * 2, Backoff::kLongest);
  }
  EXPECT_EQ(longest, Backoff::kLongest);
}

TEST(Backoff, ManyThatFailTogether_DoNotComeTogether) {
  std::set<Duration> waits;
  for (int i = 0; i < 100; ++i) {
    Backoff backoff;
    backoff.failed(kNow);
    const Duration wait = wait_of(backoff);
    EXPECT_GE(wait, Backoff::kFirst / 2);
    EXPECT_LE(wait, Backoff::kFirst);
    waits.insert(wait);
  }
  EXPECT_GT(waits.size(), 50U);
}

TEST(Backoff, LastingConnection_StartsOver) {
  Backoff backoff = always(1);
  for (int i = 0; i < 5; ++i) backoff.failed(kNow - 1h);
  backoff.connected(kNow - Backoff::kProven);
  backoff.lost(kNow);
  EXPECT_TRUE(backoff.allows(kNow));
  backoff.failed(kNow);
  EXPECT_EQ(wait_of(backoff), Backoff::kFirst);
}

TEST(Backoff, PeerThatHangsUpAtOnce_IsTriedOnceMoreAndThenLeftAlone) {
  Backoff backoff = always(1);
  backoff.connected(kNow);
  backoff.lost(kNow);
  EXPECT_TRUE(backoff.allows(kNow));
  Duration wait = Backoff::kFirst;
  for (int i = 0; i < 3; ++i) {
    backoff.connected(kNow);
    backoff.lost(kNow);
    EXPECT_EQ(wait_of(backoff), wait);
    wait *= 2;
  }
}

}  // namespace
}  // namespace logsniffd::sink
