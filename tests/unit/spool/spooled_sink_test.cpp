// A target that becomes unavailable and returns.
#include "tests/unit/spool/spooled_sink_fixture.hpp"

namespace logsniffd::spool {
namespace {

TEST_F(SpooledSinkTest, TargetThere_NothingTouchesTheDisk) {
  write({"a", "b"});
  EXPECT_THAT(target_.took, ElementsAre("a", "b"));
  EXPECT_TRUE(disk_is_empty());
  EXPECT_EQ(spooled(), 0);
  EXPECT_EQ(maintain(), sink::Sink::kNothingDue);
}

TEST_F(SpooledSinkTest, TargetAway_RecordsWaitAndFollowInOrder) {
  target_.go_away();
  write({"a", "b"});
  write({"c"});
  EXPECT_EQ(spooled(), 3);
  EXPECT_GT(sink_->counters().spool_bytes.get(), 0);
  EXPECT_THAT(sink_->take_error(), HasSubstr("the target: away"));
  target_.come_back();
  wait();
  write({"d"});
  EXPECT_THAT(target_.took, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(sink_->counters().written.get(), 4);
  EXPECT_EQ(spooled(), 0);
  EXPECT_EQ(sink_->counters().spool_bytes.get(), 0);
  EXPECT_TRUE(disk_is_empty());
}

class SpooledSinkReason : public SpooledSinkTest, public testing::WithParamInterface<sink::DropReason> {};
TEST_P(SpooledSinkReason, OfATargetThatIsAway_IsNoLoss) {
  target_.go_away(GetParam());
  write({"a"});
  EXPECT_EQ(spooled(), 1);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a"));
}
INSTANTIATE_TEST_SUITE_P(Reasons, SpooledSinkReason,
                         testing::Values(sink::DropReason::io_error, sink::DropReason::no_space,
                                         sink::DropReason::unreachable, sink::DropReason::timeout,
                                         sink::DropReason::shutdown));

TEST_F(SpooledSinkTest, TargetTakesPartOfABatch_OnlyTheRestWaits) {
  target_.takes = 2;
  write({"a", "b", "c", "d"});
  EXPECT_EQ(spooled(), 2);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "b", "c", "d"));
}

TEST_F(SpooledSinkTest, TargetComesAndGoesAtEveryRecord_NothingIsDoubledOrLost) {
  Texts expected;
  for (int i = 0; i < 40; ++i) {
    target_.takes = static_cast<std::uint64_t>(i % 4);
    Texts batch;
    for (int j = 0; j < 3; ++j) batch.push_back(expected.emplace_back(std::to_string(3 * i + j)));
    write(batch);
    now_ += SpooledSink::kLongestRetry;
    target_.takes = static_cast<std::uint64_t>(i % 3);
    maintain();
  }
  target_.come_back();
  wait();
  EXPECT_EQ(target_.took, expected);
}

TEST_F(SpooledSinkTest, OnlyRecordsOfThisSinkAreKept) {
  target_.go_away();
  record::RecordBatch batch;
  batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
  for (const auto& [message, sinks] : {std::pair{"other", 1}, {"mine", 1 << kSink}, {"both", 1 | 1 << kSink}}) {
    batch.append(plain_record(message), 0, static_cast<record::SinkMask>(sinks));
  }
  write(batch);
  EXPECT_EQ(spooled(), 2);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("mine", "both"));
}

TEST_F(SpooledSinkTest, AwayTarget_IsTriedLessAndLessOften) {
  target_.go_away();
  write({"a"});
  const std::uint64_t before = inner_->attempts;
  const SteadyTime start = now_;
  while (now_ < start + 60s) {
    const Duration rest = maintain();
    ASSERT_GT(rest, Duration::zero());
    now_ += rest;
  }
  EXPECT_GE(inner_->attempts - before, 60s / SpooledSink::kLongestRetry);
  EXPECT_LE(inner_->attempts - before, 20);
}

TEST_F(SpooledSinkTest, NewRecordsDoNotHurryTheRetry) {
  target_.go_away();
  write({"a"});
  for (int i = 0; i < 100; ++i) write({"b"});
  EXPECT_EQ(inner_->attempts, 1);
}

TEST_F(SpooledSinkTest, Reopen_TriesAtOnce) {
  target_.go_away();
  write({"a"});
  target_.come_back();
  sink_->reopen();
  maintain();
  EXPECT_THAT(target_.took, ElementsAre("a"));
}

TEST_F(SpooledSinkTest, LargeSpool_IsDeliveredInPiecesWithNewRecordsBehind) {
  size_ = 64 << 20;
  start();
  target_.go_away();
  const std::string large(100'000, 'x');
  for (int i = 0; i < 100; ++i) write({large});
  target_.come_back();
  now_ += SpooledSink::kLongestRetry;
  EXPECT_EQ(maintain(), Duration::zero());
  EXPECT_GT(spooled(), 0);
  EXPECT_LT(spooled(), 100);
  write({"last"});
  wait();
  EXPECT_EQ(target_.took.size(), 101);
  EXPECT_EQ(target_.took.back(), "last");
}

TEST_F(SpooledSinkTest, Killed_TheNextOneDeliversFirst) {
  target_.go_away();
  write({"a", "b"});
  write({"c"});
  start();
  EXPECT_EQ(sink_->counters().recovered.get(), 3);
  EXPECT_EQ(spooled(), 3);
  target_.come_back();
  write({"d"});
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(sink_->counters().written.get(), 4);
}

TEST_F(SpooledSinkTest, KilledWhileDelivering_GoesOnBehindWhatTheTargetTook) {
  target_.go_away();
  write({"a", "b", "c", "d"});
  write({"e"});
  target_.takes = 2;
  now_ += SpooledSink::kLongestRetry;
  maintain();
  EXPECT_THAT(target_.took, ElementsAre("a", "b"));
  start();
  EXPECT_EQ(sink_->counters().recovered.get(), 3);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(SpooledSinkTest, KilledTwice_StillInOrder) {
  target_.go_away();
  write({"a"});
  start();
  write({"b"});
  start();
  write({"c"});
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "b", "c"));
}

TEST_F(SpooledSinkTest, AwayAtTheStart_IsNoFailureAndNothingIsLost) {
  target_.go_away();
  start();
  EXPECT_EQ(sink_->take_error(), "the target: away");
  write({"a"});
  EXPECT_TRUE(sink_->write_notice("told", kWhen, interrupt_));
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "# told"));
}

TEST_F(SpooledSinkTest, Notices_KeepTheirPlace) {
  EXPECT_TRUE(sink_->write_notice("first", kWhen, interrupt_));
  target_.go_away();
  EXPECT_TRUE(sink_->write_notice("second", kWhen, interrupt_));
  write({"a"});
  EXPECT_TRUE(sink_->write_notice("third", kWhen, interrupt_));
  write({"b"});
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("# first", "# second", "a", "# third", "b"));
}

}  // namespace
}  // namespace logsniffd::spool
