// The limits of a joiner: records, bytes and lines beyond them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/framing/line_joiner_fixture.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(LineJoinerTest, RecordLimit_TruncatesAndSkipsTheRest) {
  joiner_.set_limits({10, 1'000'000});
  lines(kA, {"1234", "abcde", "", "x", "yy", "2 a"});
  EXPECT_THAT(joined_.all, ElementsAre("1: 1234\nabcde|truncated"));
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1234\nabcde|truncated", "1: 2 a"));
  EXPECT_EQ(joiner_.counters().skipped_lines.get(), 3U);
  EXPECT_EQ(joiner_.counters().skipped_bytes.get(), 3U);
  EXPECT_EQ(by(JoinEnd::limit), 1U);
}

TEST_F(LineJoinerTest, RecordLimitInsideALine_CutsAtAUtf8Boundary) {
  joiner_.set_limits({10, 1'000'000});
  lines(kA, {"1 aa",
             "abc\xe2\x82\xac"
             "def",
             "more", "2 b"});
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 aa\nabc|truncated", "1: 2 b"));
  EXPECT_EQ(joiner_.counters().joined_lines.get(), 1U);
  EXPECT_EQ(joiner_.counters().skipped_lines.get(), 1U);
  EXPECT_EQ(joiner_.counters().skipped_bytes.get(), 10U);
}

TEST_F(LineJoinerTest, RecordOfExactlyTheLimit_IsWhole) {
  joiner_.set_limits({10, 1'000'000});
  lines(kA, {"1234", "abcde", "2 a"});
  lines(kB, {"1234567890", "2"});
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1234\nabcde", "2: 1234567890", "1: 2 a", "2: 2"));
}

TEST_F(LineJoinerTest, FirstLineBeyondTheLimit_IsCutAndItsFurtherLinesSkipped) {
  joiner_.set_limits({4, 1'000'000});
  lines(kA, {"1234\xc3\xa4", "more", "2 a"});
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1234|truncated", "1: 2 a"));
  EXPECT_EQ(joiner_.counters().skipped_bytes.get(), 6U);
}

TEST_F(LineJoinerTest, SkippedRecord_EndsByTimeGapAndEnd) {
  joiner_.set_limits({4, 1'000'000});
  const auto cut = [this] { lines(kA, {"1", "bc", "lost", "lost"}); };
  cut();
  now_ += 1s;
  expire();
  line(kA, "a");
  flush(kA);
  cut();
  flush(kA, JoinEnd::gap);
  line(kA, "b");
  flush(kA);
  cut();
  flush(kA);
  line(kA, "c");
  finish();
  EXPECT_THAT(joined_.all,
              ElementsAre("1: 1\nbc|truncated", "1: a", "1: 1\nbc|truncated", "1: b", "1: 1\nbc|truncated", "1: c"));
}

TEST_F(LineJoinerTest, HeldLimit_CutsTheOneThatGrows) {
  joiner_.set_limits({100'000, 2 * (kPendingCost + BufferShelf::kLeastBytes)});
  line(kA, "1 a");
  line(kB, "1 b");
  const std::string large(BufferShelf::kLeastBytes, 'x');
  line(kB, large);
  line(kB, "lost");
  line(kA, "aa");
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("2: 1 b|truncated", "1: 1 a\naa"));
  EXPECT_EQ(joiner_.counters().no_room.get(), 1U);
  EXPECT_EQ(joiner_.counters().skipped_lines.get(), 2U);
}

TEST_F(LineJoinerTest, NoRoomForAnotherRecord_LinesAreHandedOnOneByOne) {
  joiner_.set_limits({8, kPendingCost + BufferShelf::kLeastBytes});
  line(kA, "1 a");
  line(kB, "1 b\xe2\x82");  // ends inside a character, but was not cut here
  line(kB, "bb");
  line(kB, "123456789");
  EXPECT_THAT(joined_.all, ElementsAre("2: 1 b\xe2\x82", "2: bb", "2: 12345678|truncated"));
  flush(kA);
  line(kB, "2 b");
  line(kB, "bb");
  finish();
  EXPECT_EQ(joined_.all.back(), "2: 2 b\nbb");
  EXPECT_EQ(joiner_.counters().no_room.get(), 3U);
}

TEST_F(LineJoinerTest, LowerLimits_StopWhatIsHeld) {
  lines(kA, {"1 a", "aaaaaaaaaaaaaaaaaaaa"});
  lines(kB, {"1 b", "bb"});
  joiner_.set_limits({10, 100});
  line(kA, "lost");
  line(kB, "bb");
  line(kB, "b");
  finish();
  EXPECT_THAT(joined_.all, ElementsAre("1: 1 a\naaaaaaaaaaaaaaaaaaaa|truncated", "2: 1 b\nbb\nbb|truncated"));
}

}  // namespace
}  // namespace logsniffd::framing
