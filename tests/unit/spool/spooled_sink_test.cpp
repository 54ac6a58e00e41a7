// A target that fails and comes back: no record is lost or changes its place, and each is counted once.
#include "daemon/spool/spooled_sink.hpp"

#include <algorithm>
#include <filesystem>
#include <random>
#include <utility>

#include "tests/support/changeable_sink.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::spool {
namespace {

using namespace test;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;
using namespace std::chrono_literals;

class SpooledSinkTest : public testing::Test {
 protected:
  SpooledSinkTest() { start(); }

  // Starts as the daemon does, with what the previous one left on disk.
  void start() {
    stop();
    auto inner = std::make_unique<ChangeableSink>(target_);
    inner_ = inner.get();
    sink_ = std::make_unique<SpooledSink>(SpoolOptions{path_, size_, [this] { return now_; }, 0ms}, std::move(inner));
    const Status opened = sink_->open();
    ASSERT_TRUE(opened) << opened.error().message();
    sink_->start(interrupt_);
    routed_ = 0;
  }
  void stop() { sink_.reset(); }  // like kill -9: no call follows

  void write(const record::RecordBatch& batch) {
    routed_ += batch.count_for(kSink);
    sink_->write(batch, kSink, interrupt_);
    expect_balance();
  }
  void write(const Texts& messages, PacketTime when = kWhen) { write(*batch_of(messages, when)); }
  Duration maintain() {
    const Duration rest = sink_->maintain(interrupt_);
    expect_balance();
    return rest;
  }
  // Lets time pass until nothing more happens.
  void wait() {
    for (int i = 0; i < 20; ++i) {
      now_ += SpooledSink::kLongestRetry;
      maintain();
    }
  }
  void expect_balance() {
    const sink::SinkCounters& counters = sink_->counters();
    std::uint64_t lost = 0;
    for (const Counter& counter : counters.dropped) lost += counter.get();
    EXPECT_EQ(routed_ + counters.recovered.get(), counters.written.get() + lost + counters.spooled.get());
  }
  std::uint64_t spooled() { return sink_->counters().spooled.get(); }
  std::uint64_t dropped(sink::DropReason reason) { return test::dropped(*sink_, reason); }
  bool disk_is_empty() {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".segment") return false;
    }
    return true;
  }

  test::TempDirectory directory_;
  std::string path_ = directory_.path("spool");
  std::uint64_t size_ = 1 << 20;
  ChangeableSink::Target target_;
  SteadyTime now_{1h};
  sink::Interrupt interrupt_ = std::move(*sink::Interrupt::create());
  ChangeableSink* inner_ = nullptr;
  std::unique_ptr<SpooledSink> sink_;
  std::uint64_t routed_ = 0;
};

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

TEST_F(SpooledSinkTest, Full_TheNewestAreLostAndToldInTheirPlace) {
  size_ = 1000;
  start();
  target_.go_away();
  const std::string large(300, 'x');
  write({large});
  write({large});
  write({large}, kWhen + 1s);
  write({large}, kWhen + 2s);
  EXPECT_EQ(spooled(), 2);
  EXPECT_EQ(dropped(sink::DropReason::spool_full), 2);
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
  other.write(*batch_of(Texts{"lost"}), kSink, interrupt_);
  EXPECT_EQ(test::dropped(other, sink::DropReason::unreachable), 1);
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

// ---- a target that may lose records that it accepted

// Each text once, at its first place.
Texts first_of_each(const Texts& texts) {
  Texts found;
  for (const std::string& text : texts) {
    if (std::find(found.begin(), found.end(), text) == found.end()) found.push_back(text);
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
