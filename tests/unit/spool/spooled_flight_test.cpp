// A connection that breaks with records on their way.
#include <set>
#include <string>
#include <string_view>

#include "tests/unit/spool/spooled_sink_fixture.hpp"

namespace logsniffd::spool {
namespace {

// Each text once, at its first place.
Texts first_of_each(const Texts& texts) {
  Texts found;
  std::set<std::string_view> known;
  for (const std::string& text : texts) {
    if (known.insert(text).second) found.push_back(text);
  }
  return found;
}

Texts numbers(std::size_t end) {
  Texts texts;
  for (std::size_t i = 0; i < end; ++i) texts.push_back(std::to_string(i));
  return texts;
}

class SpooledFlightTest : public SpooledSinkTest {
 protected:
  SpooledFlightTest() { target_.buffers = true; }

  // Writes the next number, as a batch of its own.
  void write_next() { write(Texts{std::to_string(next_++)}); }
  void expect_all_in_order() { EXPECT_EQ(first_of_each(target_.took), numbers(next_)); }

  std::size_t next_ = 0;
};

TEST_F(SpooledFlightTest, BrokenWithoutASpooledRecord_WhatWasUnreadComesAgain) {
  write({"0", "1"});
  write({"2", "3"});
  target_.read_all_but(2);
  maintain();
  target_.break_connection(1);
  maintain();
  EXPECT_EQ(spooled(), 2U);
  EXPECT_EQ(sink_->counters().written.get(), 2U);
  EXPECT_EQ(sink_->counters().resent.get(), 2U);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("0", "1", "2", "2", "3"));
  EXPECT_EQ(sink_->counters().written.get(), 4U);
  target_.read_all_but(0);
  maintain();
  EXPECT_TRUE(disk_is_empty());
}

TEST_F(SpooledFlightTest, BrokenWithinABatch_UnreadThenTheRestThenTheNew) {
  write({"0", "1"});
  target_.takes = 1;
  write({"2", "3"});  // one is undelivered while the others are in flight
  target_.break_connection(3);
  write({"4"});
  EXPECT_EQ(spooled(), 2U);
  wait();
  EXPECT_EQ(spooled(), 5U);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("0", "1", "2", "3", "4"));
}

TEST_F(SpooledFlightTest, BrokenWhileItIsDelivered_TheSpoolGivesItAgain) {
  target_.go_away();
  for (int i = 0; i < 6; ++i) write_next();
  target_.come_back();
  target_.takes = 4;
  wait();
  EXPECT_EQ(spooled(), 2U);
  target_.break_connection(3);
  maintain();
  EXPECT_EQ(spooled(), 6U);
  target_.come_back();
  wait();
  expect_all_in_order();
  EXPECT_EQ(target_.took.size(), 7U);  // "0" arrived twice
}

TEST_F(SpooledFlightTest, BrokenBehindTheSpool_BothComeAgainInOrder) {
  target_.go_away();
  write_next();
  write_next();
  target_.come_back();
  wait();
  write_next();  // bypasses the spool
  write_next();
  EXPECT_EQ(spooled(), 0U);
  target_.break_connection(4);
  write_next();
  EXPECT_EQ(spooled(), 5U);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("0", "1", "2", "3", "4"));
}

TEST_F(SpooledFlightTest, NoticesOnTheirWay_KeepTheirPlace) {
  write({"0"});
  sink_->write_notice("lost", kWhen, interrupt_);
  write({"1"});
  target_.break_connection(3);
  maintain();
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("0", "# lost", "1"));
  EXPECT_EQ(sink_->counters().resent.get(), 2U) << "a notice is no record";
}

TEST_F(SpooledFlightTest, KilledWithUnreadOnDisk_ItComesAgain) {
  target_.go_away();
  for (int i = 0; i < 4; ++i) write_next();
  target_.come_back();
  wait();
  target_.read_all_but(2);
  maintain();
  target_.break_connection(2);
  target_.broken = 0;  // no process is left that knows of the loss
  start();
  EXPECT_EQ(sink_->counters().recovered.get(), 2U);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("0", "1", "2", "3"));
}

TEST_F(SpooledFlightTest, StoppedWhileTheTargetIsGone_UnreadWaitsInTheSpool) {
  write({"0", "1"});
  target_.break_connection(2);
  target_.in_flight = std::exchange(target_.broken, 0);  // the break is not noticed yet
  sink_->finish(interrupt_);
  expect_balance();
  EXPECT_EQ(spooled(), 2U);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
  start();
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("0", "1"));
}

TEST_F(SpooledFlightTest, NoRoomForWhatWasOnItsWay_IsUnconfirmed) {
  size_ = 100;
  start();
  write({std::string(200, 'x')});
  target_.break_connection(1);
  maintain();
  EXPECT_EQ(spooled(), 0U);
  EXPECT_EQ(sink_->counters().unconfirmed.get(), 1U);
  EXPECT_EQ(sink_->counters().written.get(), 1U);
}

TEST_F(SpooledFlightTest, WhateverHappens_EveryRecordArrivesAndFirstOnesInOrder) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto up_to = [&](std::uint32_t most) { return static_cast<std::uint32_t>(random() % (most + 1)); };
    for (int i = 0; i < 60; ++i) {
      switch (up_to(7)) {
        case 0:
          target_.break_connection(up_to(5));
          break;
        case 1:
          target_.come_back();
          break;
        case 2:
          target_.takes = up_to(4);
          break;
        case 3:
          target_.read_all_but(up_to(8));
          break;
        case 4:
          now_ += SpooledSink::kLongestRetry;
          maintain();
          break;
        case 5:
          if (up_to(5) > 0) break;
          sink_->finish(interrupt_);
          expect_balance();
          start();
          break;
        default: {
          Texts batch;
          for (std::uint32_t n = up_to(3); n > 0; --n) batch.push_back(std::to_string(next_++));
          write(batch);
        }
      }
    }
    target_.come_back();
    wait();
    EXPECT_EQ(spooled(), 0U);
    expect_all_in_order();
    EXPECT_EQ(sink_->counters().unconfirmed.get(), 0U);
    target_.read_all_but(0);
    maintain();
    EXPECT_TRUE(disk_is_empty());
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace logsniffd::spool
