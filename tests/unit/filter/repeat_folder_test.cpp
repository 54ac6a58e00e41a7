#include "daemon/filter/repeat_folder.hpp"

#include <fmt/format.h>

#include <array>

#include "tests/unit/filter/volume_fixture.hpp"

namespace logsniffd::filter {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kWindow = seconds(5);
constexpr std::uint32_t kStream = 1;

class RepeatFolding : public testing::Test {
 protected:
  // Returns whether each of the records is folded.
  bool folds(const record::LogRecord& record, std::uint16_t filter = 0, std::uint32_t stream = kStream) {
    return folder_.folds(filter, kWindow, record, stream, now_, notes_);
  }
  void pass(Duration time) {
    now_ += time;
    folder_.expire(now_, notes_);
  }
  std::vector<std::string> notes() { return std::exchange(notes_.texts, {}); }

  RepeatFolder folder_;
  Notes notes_;
  PacketTime now_ = kStart;
};

TEST_F(RepeatFolding, CountIsWrittenBeforeAnotherRecord) {
  EXPECT_FALSE(folds(said("disk full")));
  EXPECT_TRUE(folds(said("disk full")));
  EXPECT_TRUE(folds(said("disk full")));
  EXPECT_THAT(notes(), IsEmpty());
  EXPECT_FALSE(folds(said("disk empty")));
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 2 times: [disk full]"));
  EXPECT_FALSE(folds(said("disk full")));
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(RepeatFolding, CountIsWrittenWhenItHasWaitedForTheWindow) {
  EXPECT_EQ(folder_.due(), std::nullopt);
  EXPECT_FALSE(folds(said("a")));
  EXPECT_EQ(folder_.due(), std::nullopt);
  pass(seconds(2));
  EXPECT_TRUE(folds(said("a")));
  EXPECT_EQ(folder_.due(), now_ + kWindow);
  pass(kWindow - seconds(1));
  EXPECT_TRUE(folds(said("a")));
  EXPECT_THAT(notes(), IsEmpty());
  pass(seconds(1));
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 2 times: [a]"));
  EXPECT_EQ(folder_.due(), std::nullopt);
}

TEST_F(RepeatFolding, RunGoesOnAfterItsCountWasWritten) {
  folds(said("a"));
  for (int i = 0; i < 60; ++i) {
    pass(seconds(1));
    EXPECT_TRUE(folds(said("a")));
  }
  pass(kWindow);
  EXPECT_EQ(notes_.repeated, 60U);
  EXPECT_EQ(notes().size(), 12U);
}

TEST_F(RepeatFolding, AfterASilenceTheRecordIsWrittenAgain) {
  EXPECT_FALSE(folds(said("a")));
  pass(kWindow);
  EXPECT_TRUE(folds(said("a")));
  pass(kWindow + std::chrono::nanoseconds(1));
  EXPECT_FALSE(folds(said("a")));
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 1 time: [a]"));
}

TEST_F(RepeatFolding, SendersAndFiltersDoNotDisturbEachOther) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(folds(said("a", "192.0.2.1")), i > 0);
    EXPECT_EQ(folds(said("b", "192.0.2.2")), i > 0);
    EXPECT_EQ(folds(said("c", "192.0.2.1", "web")), i > 0);
    EXPECT_EQ(folds(said("d", "192.0.2.1"), 1), i > 0);
  }
  folder_.finish(notes_);
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 2 times: [a]", "0 message repeated 2 times: [b]",
                                   "0 message repeated 2 times: [c]", "1 message repeated 2 times: [d]"));
}

TEST_F(RepeatFolding, OnlyTimeAndPidMayDiffer) {
  const std::array<record::Field, 1> fields{{{"user", "alice"}}};
  const std::array<record::Field, 1> others{{{"user", "bob"}}};
  record::LogRecord record = said("login");
  record.severity = record::Severity::info;
  record.msgid = "M1";
  record.fields = fields;
  EXPECT_FALSE(folds(record));
  record.pid = "17";
  record.sent = kStart;
  record.captured_at = kStart;
  EXPECT_TRUE(folds(record));
  record.fields = others;
  EXPECT_FALSE(folds(record));
  record.severity = record::Severity::warning;
  EXPECT_FALSE(folds(record));
  record.facility = 3;
  EXPECT_FALSE(folds(record));
  record.msgid = "M2";
  EXPECT_FALSE(folds(record));
  record.fields = {};
  EXPECT_FALSE(folds(record));
  EXPECT_TRUE(folds(record));
}

TEST_F(RepeatFolding, RecordWithMissingBytesIsNeverARepetition) {
  record::LogRecord broken = said("a");
  broken.integrity = Integrity::gap;
  EXPECT_FALSE(folds(said("a")));
  EXPECT_FALSE(folds(broken));
  EXPECT_FALSE(folds(said("a")));
  EXPECT_TRUE(folds(said("a")));
}

TEST_F(RepeatFolding, EmptyMessageOfANewSenderIsWritten) {
  now_ = PacketTime{};
  EXPECT_FALSE(folds(said("")));
  EXPECT_TRUE(folds(said("")));
}

TEST_F(RepeatFolding, EndOfTheConnectionWritesItsCounts) {
  folds(said("a", "192.0.2.1"), 0, 1);
  folds(said("a", "192.0.2.1"), 0, 1);
  folds(said("b", "192.0.2.2"), 0, 2);
  folds(said("b", "192.0.2.2"), 0, 2);
  folder_.end_stream(1, notes_);
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 1 time: [a]"));
  folder_.end_stream(1, notes_);
  folder_.end_stream(2, notes_);
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 1 time: [b]"));
}

TEST_F(RepeatFolding, NoteSaysWhatTheLastRepetitionSaid) {
  const std::array<record::Field, 1> fields{{{"user", "alice"}}};
  record::LogRecord record = said("a", "192.0.2.1", "web");
  record.severity = record::Severity::err;
  record.fields = fields;
  folds(record);
  record.flow.src.port = 7;
  folds(record);
  folder_.finish(notes_);
  EXPECT_EQ(notes_.last.severity, record::Severity::err);
  EXPECT_EQ(notes_.last.app, "web");
  EXPECT_EQ(notes_.last.flow, record.flow);
  EXPECT_EQ(notes_.repeated, 1U);
}

TEST_F(RepeatFolding, FullTableWritesTheCountOfTheLongestSilentSender) {
  const auto sender = [](std::size_t i) { return fmt::format("10.0.{}.{}", i / 256, i % 256); };
  for (std::size_t i = 0; i < RepeatFolder::kSenders; ++i) {
    folds(said("a", sender(i)));
    folds(said("a", sender(i)));
  }
  folds(said("a", sender(0)));  // the second is the longest silent now
  EXPECT_THAT(notes(), IsEmpty());
  folds(said("a", "192.0.2.9"));
  EXPECT_THAT(notes(), ElementsAre("0 message repeated 1 time: [a]"));
  EXPECT_EQ(notes_.last.flow.src.address, *Address::parse(sender(1)));
}

TEST_F(RepeatFolding, LongRecordsMakeRoomForEachOther) {
  const std::string text(RepeatFolder::kBytes / 4, 'x');
  for (std::size_t i = 0; i < 8; ++i) {
    const std::string sender = fmt::format("10.0.0.{}", i);
    EXPECT_FALSE(folds(said(text, sender)));
    EXPECT_TRUE(folds(said(text, sender)));
  }
  EXPECT_GE(notes_.repeated, 4U);
  folder_.finish(notes_);
  EXPECT_EQ(notes_.repeated, 8U);
}

}  // namespace
}  // namespace logsniffd::filter
