#include "daemon/record_path/silent_streams.hpp"

#include <gtest/gtest.h>

namespace logsniffd::record_path {
namespace {

using namespace std::chrono_literals;

constexpr PacketTime kStart{1'700'000'000s};
constexpr tcp::StreamId kFirst{7, 0};
constexpr tcp::StreamId kSecond{7, 1};

class SilentStreamsTest : public testing::Test {
 protected:
  // Returns the index of the stream that is due, or nothing.
  std::optional<std::uint32_t> due(PacketTime now) const {
    const auto id = streams_.due(now);
    return id ? std::optional(id->index()) : std::nullopt;
  }

  SilentStreams streams_{1s};
  SilentStreams::Place first_ = SilentStreams::kNone;
  SilentStreams::Place second_ = SilentStreams::kNone;
};

TEST_F(SilentStreamsTest, NoneWaits_NothingIsDue) {
  EXPECT_TRUE(streams_.empty());
  EXPECT_EQ(due(kStart), std::nullopt);
  EXPECT_EQ(streams_.due_within(kStart), std::nullopt);
}

TEST_F(SilentStreamsTest, PatienceOver_IsDueUntilItLeaves) {
  streams_.wait(first_, kFirst, kStart);
  EXPECT_EQ(due(kStart + 1s - 1ns), std::nullopt);
  EXPECT_EQ(streams_.due_within(kStart + 1s - 1ns), 1ns);
  EXPECT_EQ(due(kStart + 1s), kFirst.index());
  EXPECT_EQ(streams_.due_within(kStart + 5s), 0ns);
  EXPECT_EQ(due(kStart + 5s), kFirst.index());
  streams_.leave(first_);
  EXPECT_EQ(first_, SilentStreams::kNone);
  EXPECT_TRUE(streams_.empty());
  EXPECT_EQ(due(kStart + 5s), std::nullopt);
}

TEST_F(SilentStreamsTest, Several_AreDueInTheOrderOfTheirSilence) {
  streams_.wait(first_, kFirst, kStart);
  streams_.wait(second_, kSecond, kStart + 300ms);
  EXPECT_EQ(due(kStart + 2s), kFirst.index());
  streams_.leave(first_);
  EXPECT_EQ(streams_.due_within(kStart + 1s), 300ms);
  EXPECT_EQ(due(kStart + 2s), kSecond.index());
}

TEST_F(SilentStreamsTest, HeardAgain_WaitsAnewBehindTheOthers) {
  streams_.wait(first_, kFirst, kStart);
  streams_.wait(second_, kSecond, kStart + 300ms);
  const SilentStreams::Place place = first_;
  streams_.wait(first_, kFirst, kStart + 600ms);
  EXPECT_EQ(first_, place);
  EXPECT_EQ(due(kStart + 1300ms), kSecond.index());
  streams_.leave(second_);
  EXPECT_EQ(due(kStart + 1600ms - 1ns), std::nullopt);
  EXPECT_EQ(due(kStart + 1600ms), kFirst.index());
}

TEST_F(SilentStreamsTest, LeavesWithoutHavingWaited_NothingHappens) {
  streams_.wait(second_, kSecond, kStart);
  streams_.leave(first_);
  EXPECT_EQ(due(kStart + 1s), kSecond.index());
}

TEST_F(SilentStreamsTest, TimeStepsBackALittle_WaitsSoMuchLonger) {
  streams_.wait(first_, kFirst, kStart);
  EXPECT_EQ(due(kStart - 500ms), std::nullopt);
  EXPECT_EQ(streams_.due_within(kStart - 500ms), 1500ms);
}

TEST_F(SilentStreamsTest, LookAtTheClockLiesFarBehind_IsNotDue) {
  streams_.wait(first_, kFirst, kStart);
  EXPECT_EQ(due(kStart - 2s), std::nullopt);
  EXPECT_EQ(streams_.due_within(kStart - 2s), 3s);
}

TEST_F(SilentStreamsTest, TimeStepsForward_AllAreDue) {
  streams_.wait(first_, kFirst, kStart);
  streams_.wait(second_, kSecond, kStart);
  EXPECT_EQ(due(kStart + 24h * 365), kFirst.index());
  streams_.leave(first_);
  EXPECT_EQ(due(kStart + 24h * 365), kSecond.index());
}

}  // namespace
}  // namespace logsniffd::record_path
