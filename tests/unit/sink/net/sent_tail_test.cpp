#include "daemon/sink/net/sent_tail.hpp"

#include <gtest/gtest.h>

namespace logsniffd::sink::net {
namespace {

class SentTailTest : public testing::Test {
 protected:
  SentTailTest() {
    tail.add("one ", 4);
    tail.add("three ", 10);
    tail.add("five ", 15);
  }
  SentTail tail;
};

TEST_F(SentTailTest, WhatIsOnItsWay_IsNotSentAgain) { EXPECT_EQ(tail.unsent(), ""); }

TEST_F(SentTailTest, BrokenConnection_LeavesWhatWasNotAcknowledged) {
  tail.acknowledged(9);  // the first message, and most of the second
  EXPECT_EQ(tail.connection_broke(), 0U);
  EXPECT_EQ(tail.unsent(), "three five ");
}

TEST_F(SentTailTest, AllAcknowledged_LeavesNothing) {
  tail.acknowledged(15);
  EXPECT_EQ(tail.connection_broke(), 0U);
  EXPECT_EQ(tail.unsent(), "");
  EXPECT_EQ(tail.forget_all(), 0U);
}

TEST_F(SentTailTest, UnsentLines_AreCountedWhole) {
  EXPECT_EQ(tail.connection_broke(), 0U);
  EXPECT_EQ(tail.unsent_lines_within(3), 0U);
  EXPECT_EQ(tail.unsent_lines_within(4), 1U);
  EXPECT_EQ(tail.unsent_lines_within(14), 2U);
  EXPECT_EQ(tail.unsent_lines_within(15), 3U);
  EXPECT_EQ(tail.unsent_bytes_of(0), 0U);
  EXPECT_EQ(tail.unsent_bytes_of(2), 10U);
}

TEST_F(SentTailTest, SecondConnection_CountsItsOwnBytes) {
  tail.acknowledged(4);
  EXPECT_EQ(tail.connection_broke(), 0U);
  tail.handed_over(6);
  EXPECT_EQ(tail.unsent(), "five ");
  EXPECT_EQ(tail.unsent_lines_within(5), 1U);
  tail.handed_over(11);
  tail.add("seven ", 17);
  tail.acknowledged(11);
  EXPECT_EQ(tail.connection_broke(), 0U);
  EXPECT_EQ(tail.unsent(), "seven ");
}

TEST_F(SentTailTest, GivenUpConnection_ForgetsWhatIsOnItsWayAlone) {
  EXPECT_EQ(tail.connection_broke(), 0U);
  tail.handed_over(4);
  EXPECT_EQ(tail.forget_sent(), 1U);
  EXPECT_EQ(tail.unsent(), "three five ");
  EXPECT_EQ(tail.forget_all(), 2U);
}

TEST(SentTail, BeyondTheCapacity_ForgetsTheOldestAndCountsThem) {
  SentTail tail;
  const std::string line(1000, 'x');
  const std::size_t lines = SentTail::kCapacity / line.size() * 2;
  for (std::size_t i = 1; i <= lines; ++i) tail.add(line, i * line.size());
  const std::uint64_t forgotten = tail.connection_broke();
  EXPECT_GE(tail.unsent().size(), SentTail::kCapacity / 2);
  EXPECT_LE(tail.unsent().size(), SentTail::kCapacity);
  EXPECT_EQ(forgotten + tail.unsent_lines_within(SentTail::kCapacity), lines);
}

TEST(SentTail, ForgottenLinesThatArrived_AreNotCounted) {
  SentTail tail;
  const std::string line(1 << 20, 'x');
  for (std::size_t i = 1; i <= 6; ++i) tail.add(line, i * line.size());
  tail.acknowledged(6 * line.size());
  EXPECT_EQ(tail.connection_broke(), 0U);
}

}  // namespace
}  // namespace logsniffd::sink::net
