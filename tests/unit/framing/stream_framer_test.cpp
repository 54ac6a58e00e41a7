#include "daemon/framing/stream_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using testing::ElementsAre;

class StreamFramerTest : public testing::Test {
 protected:
  void feed(std::string_view text) { framer_.bytes(context_, options_, as_bytes(text), frames_); }
  void gap() { framer_.gap(context_, options_, frames_); }
  void end() {
    framer_.end(context_, options_, frames_);
    EXPECT_EQ(context_.counters.partial_bytes.get(), 0U);
  }

  FramingOptions options_{.method = Method::lines};
  FramingContext context_{{16, 1000}, {}};
  Frames frames_;
  StreamFramer framer_{options_, false};
};

TEST_F(StreamFramerTest, SeveralLinesInOneSegment) {
  feed("a\nbb\nccc\n");
  EXPECT_THAT(frames_.all, ElementsAre("a", "bb", "ccc"));
}

TEST_F(StreamFramerTest, LineAcrossSegments_IsOneFrame) {
  feed("hel");
  feed("lo\nwor");
  feed("ld");
  feed("\n");
  EXPECT_THAT(frames_.all, ElementsAre("hello", "world"));
}

TEST_F(StreamFramerTest, CarriageReturnBeforeLf_IsRemovedAlsoAcrossSegments) {
  feed("a\r\nb\r");
  feed("\nc\rd\n");
  EXPECT_THAT(frames_.all, ElementsAre("a", "b", "c\rd"));
}

TEST_F(StreamFramerTest, EmptyLines_AreFrames) {
  feed("\n\na\n");
  EXPECT_THAT(frames_.all, ElementsAre("", "", "a"));
}

TEST_F(StreamFramerTest, EndWithoutDelimiter_IsUnfinished) {
  feed("a\nhalf");
  end();
  EXPECT_THAT(frames_.all, ElementsAre("a", "half|unfinished"));
}

TEST_F(StreamFramerTest, GapInsideLine_MarksBothHalvesAndJoinsNothing) {
  feed("a\nfirst ha");
  gap();
  feed("ond half\nb\n");
  EXPECT_THAT(frames_.all, ElementsAre("a", "first ha|gap", "ond half|gap", "b"));
}

TEST_F(StreamFramerTest, GapBetweenLines_MarksTheNext) {
  feed("a\n");
  gap();
  feed("b\nc\n");
  EXPECT_THAT(frames_.all, ElementsAre("a", "b|gap", "c"));
}

TEST_F(StreamFramerTest, JoinedLate_MarksTheFirstFrameOnly) {
  StreamFramer late(options_, true);
  late.bytes(context_, options_, as_bytes("tail\nwhole\n"), frames_);
  EXPECT_THAT(frames_.all, ElementsAre("tail|joined_late", "whole"));
}

TEST_F(StreamFramerTest, LongLineInOneSegment_IsCutAndTheRestSkipped) {
  feed("0123456789abcdefXYZ\nnext\n");
  EXPECT_THAT(frames_.all, ElementsAre("0123456789abcdef|truncated", "next"));
  EXPECT_EQ(context_.counters.truncated.get(), 1U);
  EXPECT_EQ(context_.counters.skipped_bytes.get(), 3U);
}

TEST_F(StreamFramerTest, LongLineAcrossSegments_IsCutAndTheRestSkipped) {
  feed("0123456789");
  feed("abcdefXYZ");
  feed("still the same line");
  feed("\nnext\n");
  EXPECT_THAT(frames_.all, ElementsAre("0123456789abcdef|truncated", "next"));
  EXPECT_EQ(context_.counters.skipped_bytes.get(), 22U);
}

TEST_F(StreamFramerTest, CutInsideAUtf8Sequence_CutsBeforeIt) {
  feed("0123456789abcde\xc3\xa4z\n");
  EXPECT_THAT(frames_.all, ElementsAre("0123456789abcde|truncated"));
}

TEST_F(StreamFramerTest, LineAsLongAsTheLimit_IsWhole) {
  feed("0123456789abcdef\n");
  EXPECT_THAT(frames_.all, ElementsAre("0123456789abcdef"));
}

TEST_F(StreamFramerTest, GapWhileSkipping_EndsTheSkipping) {
  feed("0123456789abcdefXYZ");
  gap();
  feed("tail\nnext\n");
  EXPECT_THAT(frames_.all, ElementsAre("0123456789abcdef|truncated", "tail|gap", "next"));
}

TEST_F(StreamFramerTest, PartialBudgetUsedUp_CutsTheOneThatGrows) {
  context_.limits.partial_bytes = 4;
  feed("abcdef");
  feed("gh\nnext\n");
  EXPECT_THAT(frames_.all, ElementsAre("abcdef|truncated", "next"));
}

TEST_F(StreamFramerTest, Nul_LineFeedsBelongToTheMessage) {
  constexpr FramingOptions kNul{.method = Method::nul};
  StreamFramer nul(kNul, false);
  nul.bytes(context_, kNul, as_bytes(std::string_view("a\nb\0c\r\0", 7)), frames_);
  EXPECT_THAT(frames_.all, ElementsAre("a\nb", "c\r"));
}

TEST_F(StreamFramerTest, Automatic_TheFirstDelimiterDecides) {
  constexpr FramingOptions kAutomatic{};
  StreamFramer by_nul(kAutomatic, false);
  by_nul.bytes(context_, kAutomatic, as_bytes("<14>he"), frames_);
  by_nul.bytes(context_, kAutomatic, as_bytes(std::string_view("llo\0two\nlines\0", 14)), frames_);
  StreamFramer by_lf(kAutomatic, false);
  by_lf.bytes(context_, kAutomatic, as_bytes(std::string_view("a\nb\0c\n", 6)), frames_);
  EXPECT_THAT(frames_.all, ElementsAre("<14>hello", "two\nlines", "a", std::string("b\0c", 3)));
}

}  // namespace
}  // namespace logsniffd::framing
