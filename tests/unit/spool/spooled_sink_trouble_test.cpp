// A spool that is full, damaged, or held by another, and targets that take only a part.
#include "tests/unit/spool/spooled_sink_fixture.hpp"

namespace logsniffd::spool {
namespace {

TEST_F(SpooledSinkTest, Full_TheNewestAreLostAndToldInTheirPlace) {
  size_ = 1000;
  start();
  target_.go_away();
  const std::string large(300, 'x');
  write({large});
  write({large});
  write({"third" + large}, kWhen + 1s);
  write({"fourth" + large}, kWhen + 2s);
  EXPECT_EQ(spooled(), 2);
  EXPECT_EQ(dropped(sink::DropReason::spool_full), 2);
  EXPECT_THAT(losses_.seen, ElementsAre("spool full: third" + large, "spool full: fourth" + large));
  EXPECT_THAT(sink_->take_error(), HasSubstr("full"));
  target_.come_back();
  wait();
  write({"behind"});
  EXPECT_THAT(target_.took,
              ElementsAre(large, large, HasSubstr("# logsniffd: 2 records lost here (spool full) between"), "behind"));
}

TEST_F(SpooledSinkTest, RoomAgainWhileAway_TheMarkerIsInTheSpool) {
  size_ = 1000;
  start();
  target_.go_away();
  const std::string large(300, 'x');
  for (int i = 0; i < 3; ++i) write({large});
  target_.takes = 1;
  now_ += SpooledSink::kLongestRetry;
  maintain();
  write({"small"});
  start();
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre(large, large, HasSubstr("1 record lost here (spool full)"), "small"));
}

TEST_F(SpooledSinkTest, RefusedRecord_IsDroppedAndHoldsNobodyUp) {
  target_.refused = "b";
  write({"a", "b"});
  target_.go_away();
  write({"b", "c", "b"});
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "c"));
  EXPECT_EQ(dropped(sink::DropReason::too_large), 3);
  EXPECT_THAT(losses_.seen, ElementsAre("too large: b", "too large: b", "too large: b"));
}

TEST_F(SpooledSinkTest, OneFileOfSeveralAway_ItsRecordsAloneWaitAndAreNotDoubled) {
  target_.separate_file = "db";
  target_.separate_file_away = true;
  write(*batch_of({from_host("web", "a"), from_host("db", "b"), from_host("web", "c"), from_host("db", "d")}));
  EXPECT_THAT(target_.took, ElementsAre("a", "c"));
  EXPECT_EQ(spooled(), 2);
  write(*batch_of({from_host("db", "e"), from_host("web", "f")}));
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "c")) << "what is behind waits too";
  target_.separate_file_away = false;
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "c", "b", "d", "e", "f"));
}

TEST_F(SpooledSinkTest, OneFileOfSeveralAwayWhileDelivering_OnlyARestartDoubles) {
  target_.separate_file = "db";
  target_.go_away();
  write(*batch_of({from_host("web", "a"), from_host("db", "b"), from_host("web", "c")}));
  target_.come_back();
  target_.separate_file_away = true;
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "c"));
  EXPECT_EQ(spooled(), 1);
  start();
  EXPECT_EQ(sink_->counters().recovered.get(), 3);
  target_.separate_file_away = false;
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "c", "a", "b", "c"));
}

TEST_F(SpooledSinkTest, StopWhileAway_WhatComesThenWaitsForTheNextStart) {
  target_.go_away(sink::DropReason::shutdown);
  interrupt_.raise();
  write({"a"});
  write({"b"});
  sink_->finish(interrupt_);
  expect_balance();
  EXPECT_EQ(spooled(), 2);
  interrupt_ = std::move(*sink::Interrupt::create());
  target_.come_back();
  start();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a", "b"));
}

TEST_F(SpooledSinkTest, SpoolHeldByAnother_LossIsCountedAsWithoutOneUntilItIsFree) {
  SpooledSink other({path_, size_, [this] { return now_; }, 0ms}, std::make_unique<ChangeableSink>(target_));
  ASSERT_TRUE(other.open());
  other.start(interrupt_);
  EXPECT_THAT(other.take_error(), HasSubstr("another sink or process is using it; give each sink its own path"));
  target_.go_away();
  SeenLosses losses;
  other.show_losses(losses, "other");
  other.write(*batch_of(Texts{"lost"}), kSink, interrupt_);
  EXPECT_EQ(test::dropped(other, sink::DropReason::unreachable), 1);
  EXPECT_THAT(losses.seen, ElementsAre("unreachable: lost"));
  stop();
  now_ += 1min;
  other.write(*batch_of(Texts{"kept"}), kSink, interrupt_);
  target_.come_back();
  now_ += SpooledSink::kLongestRetry;
  (void)other.maintain(interrupt_);
  EXPECT_THAT(target_.took, ElementsAre("kept"));
}

TEST_F(SpooledSinkTest, SpoolThatCannotBe_FailsTheOpening) {
  test::write_file(directory_.path("file"), "");
  SpooledSink sink({directory_.path("file/spool"), size_}, std::make_unique<ChangeableSink>(target_));
  const Status opened = sink.open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), testing::StartsWith("spool: "));
}

TEST_F(SpooledSinkTest, DamageAtTheStart_IsCountedAndTold) {
  target_.go_away();
  write({"a"});
  write({"torn"});
  stop();
  const std::string file = path_ + "/0000000000000001.segment";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  start();
  EXPECT_THAT(sink_->take_error(), HasSubstr("1 damaged place skipped"));
  EXPECT_EQ(sink_->counters().spool_damaged.get(), 1);
  EXPECT_GT(sink_->counters().spool_damaged_bytes.get(), 0);
  EXPECT_EQ(sink_->counters().recovered.get(), 1);
  target_.come_back();
  wait();
  EXPECT_THAT(target_.took, ElementsAre("a"));
}

TEST_F(SpooledSinkTest, DamagedUnderWay_RecordsAreCountedLost) {
  target_.go_away();
  write({"a", "b"});
  test::write_file(path_ + "/0000000000000001.segment", "gone");
  target_.come_back();
  wait();
  EXPECT_EQ(dropped(sink::DropReason::spool_damaged), 2);
  EXPECT_EQ(spooled(), 0);
  write({"c"});
  EXPECT_THAT(target_.took, ElementsAre("c"));
}

TEST_F(SpooledSinkTest, RecordsOfAnotherVersion_AreCountedLostAndHoldNobodyUp) {
  stop();
  {
    auto log = SpoolLog::open(path_, {size_, size_});
    ASSERT_EQ((*log)->append({EntryKind::records, 7, "\x02of a later version"}, now_), SpoolLog::Appended::done);
  }
  start();
  EXPECT_EQ(sink_->counters().recovered.get(), 7);
  wait();
  EXPECT_EQ(dropped(sink::DropReason::spool_damaged), 7);
  write({"a"});
  EXPECT_THAT(target_.took, ElementsAre("a"));
}

}  // namespace
}  // namespace logsniffd::spool
