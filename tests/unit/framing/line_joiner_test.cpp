#include "daemon/framing/line_joiner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/unit/framing/line_joiner_fixture.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(const std::vector<std::string>& records) {
  std::vector<std::string> lines;
  for (const std::string& record : records) {
    std::size_t begin = 0;
    for (std::size_t end = 0; end != record.npos; begin = end + 1) {
      end = record.find('\n', begin);
      lines.push_back(record.substr(begin, end - begin));
    }
  }
  return lines;
}

class LineJoinerLogs : public testing::TestWithParam<JoinCase> {};

// Joins all lines of the records in sequence, each `pause` after the previous one.
std::vector<std::string> joined(const JoinCase& c, const std::vector<std::string>& records, Duration pause) {
  const Finds start(c.starts);
  LineJoiner joiner({10'000, 1'000'000});
  Joined joined;
  PacketTime now = kStart;
  for (const std::string& line : lines_of(records)) {
    joiner.line({.seen_at = (now += pause), .key = kA}, {c.mode, &start, 1s}, as_bytes(line), Integrity::whole, joined);
    joiner.expire(now, joined);
  }
  joiner.flush_all(joined);
  EXPECT_EQ(joiner.counters().joined_lines.get(), lines_of(records).size() - joined.texts.size());
  EXPECT_EQ(joiner.held_bytes().get(), 0U);
  return joined.texts;
}

TEST_P(LineJoinerLogs, ComeOutAsTheirRecords) {
  const JoinCase& c = GetParam();
  EXPECT_EQ(joined(c, c.records, 1ms), c.records);
}

TEST_P(LineJoinerLogs, SpreadOverTheTimeout_ComeOutAsTheirRecords) {
  const JoinCase& c = GetParam();
  EXPECT_EQ(joined(c, c.records, 999ms / static_cast<int>(lines_of(c.records).size())), c.records);
}

// In the other modes, a further line belongs to the previous record.
TEST_P(LineJoinerLogs, OrdinaryLinesBehind_StayApart) {
  const JoinCase& c = GetParam();
  if (c.mode != JoinMode::traceback || c.ends_here) return;
  for (const std::vector<std::string>& behind : std::vector<std::vector<std::string>>{
           {"2026-09-21 14:11:30 INFO next", "2026-09-21 14:11:31 INFO next"},
           {"plain", "words"},
           {"", "plain", "", "words"},
       }) {
    std::vector<std::string> records = c.records;
    records.insert(records.end(), behind.begin(), behind.end());
    EXPECT_EQ(joined(c, records, 1ms), records);
  }
}

std::string case_name(const testing::TestParamInfo<JoinCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Java, LineJoinerLogs, testing::ValuesIn(java_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Python, LineJoinerLogs, testing::ValuesIn(python_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(JavaMessages, LineJoinerLogs, testing::ValuesIn(java_message_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(PythonMessages, LineJoinerLogs, testing::ValuesIn(python_message_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Go, LineJoinerLogs, testing::ValuesIn(go_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Node, LineJoinerLogs, testing::ValuesIn(node_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Php, LineJoinerLogs, testing::ValuesIn(php_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Ruby, LineJoinerLogs, testing::ValuesIn(ruby_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Rust, LineJoinerLogs, testing::ValuesIn(rust_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(StartAndIndent, LineJoinerLogs, testing::ValuesIn(start_and_indent_cases()), case_name);

TEST_F(LineJoinerTest, StreamsAndLanes_AreJoinedApart) {
  const JoinKey other_lane{1, 7};
  line(kA, "1 a");
  line(kB, "1 b");
  line(kA, "aa");
  line(other_lane, "1 c");
  line(kB, "bb");
  line(other_lane, "cc");
  line(kA, "2 a");
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naa"));
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naa", "2: 1 b\nbb", "1: 1 c\ncc", "1: 2 a"));
}

TEST_F(LineJoinerTest, FirstLinesTime_IsTheRecords) {
  line(kA, "1 a");
  now_ += 10ms;
  line(kA, "aa");
  now_ += 10ms;
  line(kA, "2 a");
  finish();
  EXPECT_THAT(joined_.times, ElementsAre(kStart, kStart + 20ms));
}

TEST_F(LineJoinerTest, SilentLink_TimeoutIsToldAndEndsTheRecord) {
  EXPECT_FALSE(joiner_.expire_within(now_).has_value());
  line(kA, "1 a");
  EXPECT_EQ(joiner_.expire_within(now_), 1s);
  now_ += 400ms;
  expire();
  line(kA, "aa");  // restarts the timeout
  EXPECT_EQ(joiner_.expire_within(now_ + 250ms), 750ms);
  now_ += 1s - 1ns;
  expire();
  EXPECT_THAT(joined_.all, IsEmpty());
  now_ += 1ns;
  EXPECT_EQ(joiner_.expire_within(now_), 0s);
  expire();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naa"));
  EXPECT_FALSE(joiner_.expire_within(now_).has_value());
  line(kA, "aaa");  // too late
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naa", "1: aaa"));
  EXPECT_EQ(by(JoinEnd::timeout), 1U);
  EXPECT_EQ(by(JoinEnd::end), 1U);
}

// A capture file calls expire() only now and then. The records must not depend on it.
TEST_F(LineJoinerTest, LineAfterTheTimeout_GoesOnWithNothingThoughNobodyExpired) {
  line(kA, "1 a");
  now_ += 1s;
  line(kA, "aa");
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a", "1: aa"));
  EXPECT_EQ(by(JoinEnd::timeout), 1U);
}

TEST_F(LineJoinerTest, DifferentTimeouts_ExpireInTheOrderOfTheirDeadlines) {
  const auto wait = [this](std::uint32_t stream, Duration timeout) {
    options_.timeout = timeout;
    line({stream, 0}, "1");
    now_ += 1ms;
  };
  wait(1, 5s);
  wait(2, 1s);
  wait(3, 3s);
  wait(4, 1s);
  now_ = kStart + 1s;
  expire();
  EXPECT_THAT(joined_.all, IsEmpty());
  EXPECT_EQ(joiner_.expire_within(now_), 1ms);
  now_ += 1ms;
  expire();
  EXPECT_THAT(joined_.all, ElementsAre("2: 1"));
  now_ += 10s;
  expire();
  EXPECT_THAT(joined_.all, ElementsAre("2: 1", "4: 1", "3: 1", "1: 1"));
}

TEST_F(LineJoinerTest, TimeoutChangedByAReload_HoldsFromTheNextLineOn) {
  line(kA, "1 a");
  options_.timeout = 5s;
  line(kA, "aa");
  line(kB, "1 b");
  EXPECT_EQ(joiner_.expire_within(now_), 5s);
  options_.timeout = 2s;
  line(kB, "bb");
  EXPECT_EQ(joiner_.expire_within(now_), 2s);
  finish();
}

TEST_F(LineJoinerTest, Gap_NeverJoinsTwoHalves) {
  line(kA, "1 a");
  line(kA, "aa", Integrity::gap);  // the part of the line before the gap
  flush(kA, JoinEnd::gap);
  line(kA, "aaa", Integrity::gap);
  line(kA, "aaaa");
  line(kA, "2 a");
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naa|gap", "1: aaa\naaaa|gap", "1: 2 a"));
  EXPECT_EQ(by(JoinEnd::gap), 1U);
}

TEST_F(LineJoinerTest, GapBetweenTwoLines_MarksTheRecordThatMayHaveGoneOn) {
  line(kA, "1 a");
  flush(kA, JoinEnd::gap);
  line(kA, "2 a");
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a|gap", "1: 2 a"));
}

TEST_F(LineJoinerTest, UnknownKey_FlushesNothing) {
  flush(kA);
  line(kA, "1 a");
  flush(kB, JoinEnd::gap);
  flush({1, 1});
  EXPECT_THAT(joined_.all, IsEmpty());
  flush(kA);
  flush(kA);
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a"));
  finish();
}

TEST_F(LineJoinerTest, Integrity_IsTheWorstOfTheLines) {
  const std::vector<Integrity> worst_first{Integrity::gap, Integrity::truncated, Integrity::joined_late,
                                           Integrity::unfinished, Integrity::whole};
  for (std::size_t a = 0; a < worst_first.size(); ++a) {
    for (std::size_t b = 0; b < worst_first.size(); ++b) {
      EXPECT_EQ(worse_of(worst_first[a], worst_first[b]), worst_first[std::min(a, b)]);
    }
  }
  line(kA, "a", Integrity::joined_late);
  line(kA, "aa");
  line(kA, "2 a");
  line(kA, "aa", Integrity::unfinished);
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: a\naa|joined_late", "1: 2 a\naa|unfinished"));
}

TEST_F(LineJoinerTest, EmptyLineThatWaits_IsHandedOnByTimeEndAndGap) {
  options_.mode = JoinMode::traceback;
  line(kA, "a");
  now_ += 1ms;
  line(kA, "");
  now_ += 1s;
  expire();
  lines(kA, {"b", ""});
  flush(kA, JoinEnd::gap);
  lines(kA, {"c", ""});
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: a", "1: ", "1: b|gap", "1: |gap", "1: c", "1: "));
  EXPECT_EQ(joined_.times[1], kStart + 1ms);
}

TEST_F(LineJoinerTest, DamagedEmptyLine_IsNoPartOfATrace) {
  options_.mode = JoinMode::traceback;
  line(kA, "a");
  line(kA, "", Integrity::gap);
  line(kA, "java.lang.Error");
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: a|gap", "1: |gap", "1: java.lang.Error"));
}

TEST_F(LineJoinerTest, TraceBeyondTheLimit_IsSkippedToItsEnd) {
  options_.mode = JoinMode::traceback;
  joiner_.set_limits({40, 1'000'000});
  lines(kA, {"log", "Traceback (most recent call last):", "  File", "KeyError: 1", "",
             "During handling of the above exception, another exception occurred:", "",
             "Traceback (most recent call last):", "  File", "KeyError: 2", "", "next"});
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: log\nTraceback (most recent call last):\n |truncated", "1: ", "1: next"));
  EXPECT_EQ(joiner_.counters().skipped_lines.get(), 7U);
}

TEST_F(LineJoinerTest, LookAtTheClockLiesFarBehindTheLines_NothingIsParted) {
  line(kA, "1 a");
  now_ -= 2s;
  expire();
  EXPECT_EQ(joiner_.expire_within(now_), 3s);
  line(kA, "aa");
  now_ += 1s;
  expire();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naa"));
}

TEST_F(LineJoinerTest, TimesAtTheEndsOfWhatCanBeTold_Saturate) {
  constexpr PacketTime kLast{Duration(std::numeric_limits<Duration::rep>::max())};
  constexpr PacketTime kFirst{Duration(std::numeric_limits<Duration::rep>::min())};
  now_ = kFirst;
  line(kA, "1 a");
  EXPECT_EQ(joiner_.expire_within(now_), 1s);
  EXPECT_EQ(joiner_.expire_within(kLast), 0s);
  now_ = kLast;
  line(kB, "1 b");
  EXPECT_EQ(joiner_.expire_within(kLast), 0s);
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a", "2: 1 b"));
}

TEST_F(LineJoinerTest, WarmedUp_HeldBytesComeBack) {
  joiner_.set_limits({100'000, 10'000'000});
  const std::string large(20'000, 'x');
  for (int round = 0; round < 3; ++round) {
    lines(kA, {"1 a", large, large});
    EXPECT_EQ(joiner_.held_bytes().get(), kPendingCost + BufferShelf::capacity_for(40'005));
    line(kA, "2 a");
    EXPECT_EQ(joiner_.held_bytes().get(), kPendingCost + BufferShelf::kLeastBytes);
  }
  finish();
}

}  // namespace
}  // namespace logsniffd::framing
