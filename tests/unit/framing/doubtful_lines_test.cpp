// How a LineJoiner treats lines if only a later line shows whether they belong to a trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/framing/line_joiner.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr PacketTime kStart{1'700'000'000s};
constexpr JoinKey kKey{1, 0};
const std::string kFrame = "\tat a.B.c(B.java:1)";

class Records final : public JoinObserver {
 public:
  void on_joined(const RecordOrigin& origin, Bytes record, Integrity integrity) override {
    std::string text{as_text(record)};
    if (integrity != Integrity::whole) text += "|" + std::string(to_string(integrity));
    all.push_back(std::move(text));
    times.push_back(origin.seen_at - kStart);
  }
  std::vector<std::string> all;
  std::vector<Duration> times;
};

class DoubtfulLinesTest : public testing::Test {
 protected:
  void lines(const std::vector<std::string>& texts, Duration pause = 1ms) {
    for (const std::string& text : texts) {
      joiner_.line({.seen_at = now_, .key = kKey}, {JoinMode::traceback, nullptr, 1s}, as_bytes(text), Integrity::whole,
                   records_);
      now_ += pause;
    }
  }
  void expire() { joiner_.expire(now_, records_); }
  void finish() {
    joiner_.flush_all(records_);
    const JoinCounters& counters = joiner_.counters();
    EXPECT_EQ(counters.pending.get(), 0U);
    EXPECT_EQ(unaccounted(counters), 0);
    EXPECT_EQ(joiner_.held_bytes().get(), 0U);
  }

  PacketTime now_ = kStart;
  LineJoiner joiner_{{10'000, 1'000'000}};
  Records records_;
};

TEST_F(DoubtfulLinesTest, NoneWaitsForLongerThanTheTimeout) {
  lines({"java.lang.Error: a", "one", "two", "three"}, 300ms);
  now_ = kStart + 1'300ms - 1ns;
  EXPECT_EQ(joiner_.expire_within(now_), 1ns);
  expire();
  EXPECT_THAT(records_.all, IsEmpty());
  now_ += 1ns;
  expire();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a", "one", "two", "three"));
  EXPECT_THAT(records_.times, ElementsAre(0ms, 300ms, 600ms, 900ms));
  lines({kFrame});  // too late
  finish();
  EXPECT_EQ(records_.all.back(), kFrame);
}

TEST_F(DoubtfulLinesTest, LineBehindTheTimeout_ProvesNothingThoughNobodyExpired) {
  lines({"java.lang.Error: a", "one", "two"}, 600ms);
  lines({kFrame});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a", "one", "two", kFrame));
}

TEST_F(DoubtfulLinesTest, Proof_StartsTheTimeAgain) {
  lines({"java.lang.Error: a", "one", kFrame, kFrame, "next"}, 700ms);
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a\none\n" + kFrame + "\n" + kFrame, "next"));
}

TEST_F(DoubtfulLinesTest, MoreThanAllowed_StayApart) {
  std::vector<std::string> all{"java.lang.Error: a"};
  for (int i = 0; i <= StackTrace::kMostDoubts; ++i) all.push_back("line" + std::to_string(i));
  lines(all);
  lines({kFrame});
  finish();
  all.back() += "\n" + kFrame;  // a frame joins any line
  EXPECT_EQ(records_.all, all);
}

TEST_F(DoubtfulLinesTest, AsManyAsAllowed_Belong) {
  std::vector<std::string> all{"java.lang.Error: a"};
  for (int i = 0; i < StackTrace::kMostDoubts; ++i) all.push_back("line" + std::to_string(i));
  lines(all);
  lines({kFrame});
  finish();
  ASSERT_EQ(records_.all.size(), 1U);
  EXPECT_EQ(joiner_.counters().joined_lines.get(), StackTrace::kMostDoubts + 1U);
}

TEST_F(DoubtfulLinesTest, MoreBytesThanARecordMayHave_StayApart) {
  joiner_.set_limits({30, 1'000'000});
  lines({"java.lang.Error: a", "twelve bytes", "twelve bytes", "twelve bytes"});
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a", "twelve bytes", "twelve bytes"));
  lines({"next"});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a", "twelve bytes", "twelve bytes", "twelve bytes", "next"));
}

TEST_F(DoubtfulLinesTest, ThatBelongBeyondTheLimit_AreCutAndSkipped) {
  joiner_.set_limits({30, 1'000'000});
  lines({"java.lang.Error: a", "twelve bytes", "two", kFrame, "next"});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a\ntwelve byte|truncated", "next"));
  EXPECT_EQ(joiner_.counters().skipped_lines.get(), 2U);
}

TEST_F(DoubtfulLinesTest, NoRoomToHoldOne_ItStaysApart) {
  joiner_.set_limits({10'000, kPendingCost + BufferShelf::kLeastBytes});
  lines({"java.lang.Error: a", "one", kFrame});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a", "one\n" + kFrame));
}

TEST_F(DoubtfulLinesTest, RoomThatShrinksMeanwhile_LosesNothing) {
  lines({"java.lang.Error: a", "one", std::string(300, 'x')});
  joiner_.set_limits({10'000, 100});
  lines({"2026-09-21 14:11:18 next", "last"});
  finish();
  EXPECT_THAT(records_.all,
              ElementsAre("java.lang.Error: a", "one", std::string(300, 'x'), "2026-09-21 14:11:18 next", "last"));
}

TEST_F(DoubtfulLinesTest, Gap_MarksWhatMayHaveGoneOn) {
  lines({"java.lang.Error: a", "one"});
  joiner_.flush(kKey, JoinEnd::gap, records_);
  lines({kFrame});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a|gap", "one|gap", kFrame));
}

TEST_F(DoubtfulLinesTest, DamagedLine_IsNeverInDoubt) {
  lines({"java.lang.Error: a"});
  joiner_.line({.seen_at = now_, .key = kKey}, {JoinMode::traceback, nullptr, 1s}, as_bytes("one"),
               Integrity::truncated, records_);
  lines({"2026-09-21 14:11:18 next"});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a", "one|truncated", "2026-09-21 14:11:18 next"));
}

TEST_F(DoubtfulLinesTest, AnotherModeAfterAReload_LosesNothing) {
  lines({"java.lang.Error: a", "one", "two"});
  joiner_.line({.seen_at = now_, .key = kKey}, {JoinMode::indent, nullptr, 1s}, as_bytes(" three"), Integrity::whole,
               records_);
  finish();
  EXPECT_THAT(records_.all, ElementsAre("java.lang.Error: a\none\ntwo\n three"));
}

TEST_F(DoubtfulLinesTest, SilenceBetweenRecords_ForgetsWhatTheStreamShowed) {
  lines({"ready"});
  now_ += 5s;
  lines({"2026-09-21 14:11:18 a", "Traceback (most recent call last):", "  File \"a.py\", line 2, in f",
         "ValueError: bad", "more", "2026-09-21 14:11:19 b"});
  finish();
  EXPECT_THAT(records_.all, ElementsAre("ready",
                                        "2026-09-21 14:11:18 a\nTraceback (most recent call last):\n"
                                        "  File \"a.py\", line 2, in f\nValueError: bad\nmore",
                                        "2026-09-21 14:11:19 b"));
}

}  // namespace
}  // namespace logsniffd::framing
