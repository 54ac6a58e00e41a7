#include "daemon/decoder/decode_budget.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace logsniffd::decoder {
namespace {

constexpr std::size_t kBudget = 120'000;
constexpr Duration kMillisecond = std::chrono::milliseconds(1);

Address sender(int number) {
  return *Address::parse("10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1));
}

class DecodeBudgetTest : public testing::Test {
 protected:
  // Takes pieces of `units` for one sender as long as there is room for them; returns the total.
  std::size_t flood(int number, std::size_t units) {
    std::size_t taken = 0;
    for (; budget_.left(sender(number), 0, now_) >= units; taken += units) budget_.take(sender(number), 0, 0, units);
    return taken;
  }
  // The senders take turns, as flooders do.
  std::size_t flood_of(int senders, std::size_t units) {
    std::size_t taken = 0;
    for (bool any = true; any;) {
      any = false;
      for (int i = 0; i < senders; ++i) {
        if (budget_.left(sender(i), 0, now_) < units) continue;
        budget_.take(sender(i), 0, 0, units);
        taken += units;
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
  EXPECT_EQ(budget_.left(sender(1), 0, now_), kBudget / 2);
}

TEST_F(DecodeBudgetTest, ManyThatFlood_LeaveAsMuchAsOneOfThemHad) {
  for (const int senders : {2, 9, 99}) {
    now_ += std::chrono::seconds(2);
    const std::size_t taken = flood_of(senders, 10);
    EXPECT_LE(taken, kBudget);
    EXPECT_GE(budget_.left(sender(200), 0, now_), kBudget / static_cast<std::size_t>(senders + 2));
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

TEST_F(DecodeBudgetTest, TimeThatGoesBackAndForth_GivesNothing) {
  flood(0, 100);
  for (int i = 0; i < 1000; ++i) {
    now_ += i % 2 == 0 ? -std::chrono::seconds(2) : std::chrono::seconds(2);
    EXPECT_EQ(flood(0, 100), 0U);
  }
}

TEST_F(DecodeBudgetTest, TimesAtBothEndsOfTheScale_AreTaken) {
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(budget_.left(sender(0), 0, PacketTime::min()));
    budget_.take(sender(0), 0, 0, 1);
    static_cast<void>(budget_.left(sender(0), 0, PacketTime::max()));
  }
  EXPECT_GT(budget_.left(sender(0), 0, PacketTime::max()), 0U);
}

TEST_F(DecodeBudgetTest, MoreSendersThanSlots_StayWithinIt) {
  std::size_t taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (budget_.left(sender(i), 0, now_) < 50) continue;
    budget_.take(sender(i), 0, 0, 50);
    taken += 50;
  }
  EXPECT_LE(taken, kBudget);
  EXPECT_GE(taken, kBudget - 200);
}

// The credit of one sender. The budget has room for more than this sender can use.
class DecodeCreditTest : public testing::Test {
 protected:
  // `frames` a second arrive, each of `bytes`, and each would take `units`. Returns what was taken in `seconds`.
  std::size_t flood(std::size_t frames, std::size_t bytes, std::size_t units, int seconds) {
    std::size_t taken = 0;
    for (std::size_t i = 0; i < frames * static_cast<std::size_t>(seconds); ++i) {
      now_ += std::chrono::seconds(1) / static_cast<std::int64_t>(frames);
      const std::size_t given = std::min(budget_.left(sender(0), 0, now_), units);
      budget_.take(sender(0), bytes, 0, given);
      taken += given;
      refused_ += given < units ? 1 : 0;
    }
    return taken;
  }

  DecodeBudget budget_{42, std::size_t{1} << 40};
  PacketTime now_{std::chrono::seconds(1'790'000'000)};
  std::size_t refused_ = 0;
};

TEST_F(DecodeCreditTest, FloodOfAnyRate_TakesInProportionToItsBytes) {
  for (const std::size_t frames : {100U, 1000U, 100'000U}) {
    now_ += std::chrono::hours(1);
    const std::size_t taken = flood(frames, 1000, 60'000, 3);
    EXPECT_LE(taken, DecodeBudget::kBurst +
                         3 * (DecodeBudget::kTrickleASecond + DecodeBudget::kEarnedPerByte * frames * 1000));
    EXPECT_GT(taken, 3 * (DecodeBudget::kEarnedPerByte - 1) * frames * 1000);
  }
}

TEST_F(DecodeCreditTest, SenderWithinWhatItEarns_IsNeverRefused) {
  flood(10'000, 1000, DecodeBudget::kEarnedPerByte * 1000, 3);
  EXPECT_EQ(refused_, 0U);
}

TEST_F(DecodeCreditTest, MessagesNowAndThenThatCompressWell_AreTaken) {
  flood(1, 1000, 64 * 1024, 1000);
  EXPECT_EQ(refused_, 0U);
  flood(10, 1000, 64 * 1024, 2);
  EXPECT_LE(refused_, 5U);
}

TEST_F(DecodeCreditTest, SenderInDebt_HasAllOrNothing) {
  for (int i = 0; i < 5000; ++i) {
    const std::size_t left = budget_.left(sender(0), 0, now_);
    EXPECT_TRUE(left == 0 || left >= DecodeBudget::kReserve);
    budget_.take(sender(0), 1000, 0, std::min<std::size_t>(left, 60'000));
  }
}

TEST_F(DecodeCreditTest, HourOfSilence_FillsIt) {
  flood(1000, 10, 60'000, 1);
  EXPECT_EQ(budget_.left(sender(0), 0, now_), 0U);
  now_ += std::chrono::hours(1);
  EXPECT_EQ(budget_.left(sender(0), 0, now_), DecodeBudget::kBurst);
}

}  // namespace
}  // namespace logsniffd::decoder
