#include "daemon/record/decode_budget.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd::record {
namespace {

constexpr std::size_t kBudget = 120'000;
constexpr Duration kMillisecond = std::chrono::milliseconds(1);

Address sender(int number) {
  return *Address::parse("10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1));
}

class DecodeBudgetTest : public testing::Test {
 protected:
  // Takes pieces of `bytes` for one sender as long as there is room for them; returns how much that was.
  std::size_t flood(int number, std::size_t bytes) {
    std::size_t taken = 0;
    for (; budget_.left(sender(number), now_) >= bytes; taken += bytes) budget_.take(sender(number), bytes);
    return taken;
  }
  // As flooders do it: by turns.
  std::size_t flood_of(int senders, std::size_t bytes) {
    std::size_t taken = 0;
    for (bool any = true; any;) {
      any = false;
      for (int i = 0; i < senders; ++i) {
        if (budget_.left(sender(i), now_) < bytes) continue;
        budget_.take(sender(i), bytes);
        taken += bytes;
        any = true;
      }
    }
    return taken;
  }

  DecodeBudget budget_{42, kBudget};
  PacketTime now_{std::chrono::seconds(1'790'000'000)};
};

TEST_F(DecodeBudgetTest, SenderThatFloods_HasHalfOfIt) {
  EXPECT_EQ(flood(0, 100), kBudget / 2);
  EXPECT_EQ(budget_.left(sender(1), now_), kBudget / 2);
}

TEST_F(DecodeBudgetTest, ManyThatFlood_LeaveAsMuchAsOneOfThemHad) {
  for (const int senders : {2, 9, 99}) {
    now_ += std::chrono::seconds(2);
    const std::size_t taken = flood_of(senders, 10);
    EXPECT_LE(taken, kBudget);
    EXPECT_GE(budget_.left(sender(200), now_), kBudget / static_cast<std::size_t>(senders + 2));
  }
}

TEST_F(DecodeBudgetTest, SecondThatIsOver_BeginsAnew) {
  flood(0, 100);
  now_ += 500 * kMillisecond;
  EXPECT_EQ(flood(0, 100), 0U);
  now_ += 500 * kMillisecond;
  EXPECT_EQ(flood(0, 100), kBudget / 2);
  now_ += std::chrono::hours(24 * 365);
  EXPECT_EQ(flood(0, 100), kBudget / 2);
}

TEST_F(DecodeBudgetTest, ClockThatStepsBack_GivesNothingAndThenASecondItsBudget) {
  flood(0, 100);
  now_ -= std::chrono::hours(1);
  EXPECT_EQ(flood(0, 100), 0U);
  std::size_t taken = 0;
  for (int i = 0; i < 3000; ++i) {
    now_ += kMillisecond;
    taken += flood(0, 100);
  }
  EXPECT_EQ(taken, 3 * kBudget / 2);
}

TEST_F(DecodeBudgetTest, ClockThatGoesBackAndForth_SoonGivesNothing) {
  for (const Duration step :
       {Duration(std::chrono::milliseconds(10)), Duration(std::chrono::seconds(2)), Duration(std::chrono::hours(1))}) {
    now_ += std::chrono::hours(5);
    std::size_t taken = 0;
    for (int i = 0; i < 1000; ++i) {
      now_ += i % 2 == 0 ? -step : step;
      taken += flood(0, 100);
    }
    EXPECT_LE(taken, (1 + DecodeBudget::kClocks) * kBudget / 2);  // the first time, a step forth may be a pause
    EXPECT_EQ(flood(0, 100), 0U);
  }
}

TEST_F(DecodeBudgetTest, TwoClocksReadByTurns_TellOneTime) {
  std::size_t taken = 0;
  for (int i = 0; i < 2 * 2990; ++i) {
    if (i % 2 == 0) now_ += kMillisecond;
    now_ += i % 2 == 0 ? std::chrono::hours(-3) : std::chrono::hours(3);
    taken += flood(0, 100);
  }
  EXPECT_EQ(taken, 4 * kBudget / 2);  // three seconds, and the step that might have been a pause
}

TEST_F(DecodeBudgetTest, TimesAtBothEndsOfTheScale_AreTaken) {
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(budget_.left(sender(0), PacketTime::max()));
    static_cast<void>(budget_.left(sender(0), PacketTime::min()));
  }
  EXPECT_LE(flood(0, 100), kBudget);
}

TEST_F(DecodeBudgetTest, MoreSendersThanSlots_StayWithinIt) {
  std::size_t taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (budget_.left(sender(i), now_) < 50) continue;
    budget_.take(sender(i), 50);
    taken += 50;
  }
  EXPECT_LE(taken, kBudget);
  EXPECT_GE(taken, kBudget - 200);
}

}  // namespace
}  // namespace logsniffd::record
