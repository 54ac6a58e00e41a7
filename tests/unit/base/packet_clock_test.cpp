#include "daemon/base/packet_clock.hpp"

#include <gtest/gtest.h>

namespace logsniffd {
namespace {

using namespace std::chrono_literals;

constexpr PacketTime kStart{1'790'000'000s};
constexpr Duration kSlack = 2s;

class PacketClockTest : public testing::Test {
 protected:
  // Live: the machine has run for `uptime`, and its wall clock is wrong by `error`.
  void hear(Duration uptime, Duration error) { clock_.heard(SteadyTime(uptime), kStart + uptime + error); }

  PacketClock clock_{kSlack};
};

TEST_F(PacketClockTest, NoStep_EachPacketKeepsItsTime) {
  for (const Duration at : {0ms, 3'600'000ms, 3'599'000ms, 3'600'001ms}) {
    EXPECT_EQ(clock_.at(kStart + at), kStart + at);
    EXPECT_EQ(clock_.original(kStart + at), kStart + at);
  }
  EXPECT_EQ(clock_.counters().steps_back.get(), 0U);
}

TEST_F(PacketClockTest, StepBack_TimeGoesOnByWhatPacketsSay) {
  const PacketTime before = clock_.at(kStart);
  const PacketTime after = clock_.at(kStart - 1h);
  EXPECT_GT(after, before);
  EXPECT_LT(after - before, 1ms);
  EXPECT_EQ(clock_.at(kStart - 1h + 5s), after + 5s);
  EXPECT_EQ(clock_.counters().steps_back.get(), 1U);
}

TEST_F(PacketClockTest, StepBack_TimesOnBothSidesAreFoundAgain) {
  const PacketTime before = clock_.at(kStart);
  const PacketTime after = clock_.at(kStart - 1h);
  clock_.at(kStart - 1h + 5s);
  EXPECT_EQ(clock_.original(before), kStart);
  EXPECT_EQ(clock_.original(after), kStart - 1h);
}

TEST_F(PacketClockTest, PacketOvertakenAtAStep_IsNotTakenForOneFromBefore) {
  const PacketTime before = clock_.at(kStart);
  clock_.at(kStart - 1h);
  const PacketTime overtaken = clock_.at(kStart - 1h - 10ms);
  EXPECT_GT(overtaken, before);
  EXPECT_EQ(clock_.original(overtaken), kStart - 1h - 10ms);
  EXPECT_EQ(clock_.counters().steps_back.get(), 1U);
}

TEST_F(PacketClockTest, BackByNoMoreThanTheSlack_IsNoStep) {
  clock_.at(kStart);
  EXPECT_EQ(clock_.at(kStart - kSlack), kStart - kSlack);
  EXPECT_EQ(clock_.counters().steps_back.get(), 0U);
}

TEST_F(PacketClockTest, ForwardInAFile_IsAPause) {
  clock_.at(kStart);
  EXPECT_EQ(clock_.at(kStart + 1h), kStart + 1h);
  EXPECT_EQ(clock_.counters().steps_forward.get(), 0U);
}

TEST_F(PacketClockTest, ForwardAndBackInAFile_TimeGoesOn) {
  clock_.at(kStart);
  const PacketTime forward = clock_.at(kStart + 1h);
  const PacketTime back = clock_.at(kStart + 1s);
  EXPECT_GT(back, forward);
  EXPECT_EQ(clock_.at(kStart + 3s), back + 2s);
}

TEST_F(PacketClockTest, LiveStepForward_TimePassesAsTheMachineSays) {
  hear(10s, 0s);
  const PacketTime before = clock_.at(kStart + 10s);
  hear(11s, 1h);
  const PacketTime after = clock_.at(kStart + 11s + 1h);
  EXPECT_GT(after, before);
  EXPECT_LE(after - before, 1s + kSlack);
  EXPECT_EQ(clock_.original(after), kStart + 11s + 1h);
  EXPECT_EQ(clock_.counters().steps_forward.get(), 1U);
}

TEST_F(PacketClockTest, LiveStepForwardBetweenTwoLooks_IsSeenAtThePacket) {
  hear(10s, 0s);
  const PacketTime before = clock_.at(kStart + 10s);
  const PacketTime after = clock_.at(kStart + 10s + 1h);
  EXPECT_LE(after - before, kSlack);
  EXPECT_EQ(clock_.counters().steps_forward.get(), 1U);
}

TEST_F(PacketClockTest, LivePause_IsNoStep) {
  hear(10s, 0s);
  clock_.at(kStart + 10s);
  hear(3610s, 0s);
  EXPECT_EQ(clock_.at(kStart + 3610s), kStart + 3610s);
  EXPECT_EQ(clock_.counters().steps_forward.get(), 0U);
}

TEST_F(PacketClockTest, LiveStepBackDuringAPause_ThePauseCounts) {
  hear(10s, 0s);
  const PacketTime before = clock_.at(kStart + 10s);
  hear(310s, -1h);
  const PacketTime after = clock_.at(kStart + 310s - 1h);
  EXPECT_GE(after - before, 300s - kSlack);
  EXPECT_LE(after - before, 300s + kSlack);
}

TEST_F(PacketClockTest, LiveStepsThatPacketsOfTwoQueuesShowInTurn_NeitherStopNorRun) {
  hear(10s, 0s);
  const PacketTime before = clock_.at(kStart + 10s);
  for (int i = 1; i <= 100; ++i) {
    clock_.at(kStart + 10s - 1h + i * 1ms);
    clock_.at(kStart + 10s + i * 1ms);
  }
  const PacketTime after = clock_.at(kStart + 10s + 200ms);
  EXPECT_GT(after, before);
  EXPECT_LT(after - before, kSlack);
}

TEST_F(PacketClockTest, ManySteps_OldOnesAreForgottenAndNewOnesKept) {
  PacketTime last{};
  for (std::size_t i = 0; i < 3 * PacketClock::kRemembered; ++i) {
    clock_.at(kStart);
    last = clock_.at(kStart - 10s);
  }
  clock_.at(kStart);
  EXPECT_EQ(clock_.original(last), kStart - 10s);
  EXPECT_EQ(clock_.counters().steps_back.get(), 3 * PacketClock::kRemembered);
}

// A packet time that was never written, or was damaged, must not become everybody's time.
TEST_F(PacketClockTest, OnePacketOfAnotherTimeInAFile_MovesNoTimeout) {
  constexpr PacketTime kFirst{};
  const PacketTime last = PacketTime::max() - PacketTime::max().time_since_epoch() / 2;
  clock_.at(kStart);
  for (int i = 1; i <= 100; ++i) {
    const PacketTime wild = i % 2 == 0 ? kFirst : last;
    const PacketTime during = clock_.at(wild);
    EXPECT_EQ(clock_.original(during), wild);
    EXPECT_LT(during - kStart, i * 1s);
    const PacketTime after = clock_.at(kStart + i * 1s);
    EXPECT_GE(after, during);
    EXPECT_LE(after - (kStart + i * 1s), 1ms);
    EXPECT_GE(after - (kStart + i * 1s), 0s);
    EXPECT_EQ(clock_.original(after), kStart + i * 1s);
  }
}

TEST_F(PacketClockTest, TwoClocksByTurnsInAFile_TimeDoesNotRun) {
  const PacketTime before = clock_.at(kStart);
  PacketTime after{};
  for (int i = 1; i <= 100; ++i) {
    clock_.at(kStart - 1h + i * 1ms);
    after = clock_.at(kStart + i * 1ms);
  }
  EXPECT_GE(after, before + 100ms);
  EXPECT_LT(after, before + 1s);
}

TEST_F(PacketClockTest, AYearForwardInAFile_IsAStepAndTimeGoesOn) {
  const PacketTime before = clock_.at(kStart);
  const PacketTime after = clock_.at(kStart + 365 * 24h);
  EXPECT_LT(after - before, 1ms);
  EXPECT_EQ(clock_.at(kStart + 365 * 24h + 5s), after + 5s);
  EXPECT_EQ(clock_.original(after + 5s), kStart + 365 * 24h + 5s);
  EXPECT_EQ(clock_.counters().steps_forward.get(), 1U);
}

TEST_F(PacketClockTest, FileThatJumpsOverTheWholeRange_TimeStandsStillAtItsEnd) {
  const PacketTime end = PacketTime::max() - PacketTime::max().time_since_epoch() / 2;
  for (int i = 0; i < 1000; ++i) {
    const PacketTime late = clock_.at(end);
    const PacketTime early = clock_.at(PacketTime());
    EXPECT_GE(early, late);
    EXPECT_LT(early, PacketTime::max() - 10 * 365 * 24h);
  }
}

}  // namespace
}  // namespace logsniffd
