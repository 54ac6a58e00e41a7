#include "daemon/framing/stream_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/framing/datagram_framer.hpp"

namespace logsniffd::framing {
namespace {

using testing::ElementsAre;

// Frames as text, with their mark where they are not whole: "text", "text|gap".
class Frames final : public FrameObserver {
 public:
  void on_frame(Bytes frame, Integrity integrity) override {
    std::string text(as_text(frame));
    if (integrity != Integrity::whole) text += "|" + std::string(to_string(integrity));
    all.push_back(std::move(text));
  }
  std::vector<std::string> all;
};

class StreamFramerTest : public testing::Test {
 protected:
  void feed(std::string_view text) { framer_.bytes(context_, as_bytes(text), frames_); }
  void gap() { framer_.gap(context_, frames_); }
  void end() {
    framer_.end(context_, frames_);
    EXPECT_EQ(context_.counters.partial_bytes.get(), 0U);
  }

  FramingContext context_{{16, 1000}, {}};
  Frames frames_;
  StreamFramer framer_{Method::lines, false};
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
  StreamFramer late(Method::lines, true);
  late.bytes(context_, as_bytes("tail\nwhole\n"), frames_);
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
  EXPECT_THAT(frames_.all, ElementsAre("abcd|truncated", "next"));
}

TEST_F(StreamFramerTest, Nul_LineFeedsBelongToTheMessage) {
  StreamFramer nul(Method::nul, false);
  nul.bytes(context_, as_bytes(std::string_view("a\nb\0c\r\0", 7)), frames_);
  EXPECT_THAT(frames_.all, ElementsAre("a\nb", "c\r"));
}

TEST_F(StreamFramerTest, Automatic_TheFirstDelimiterDecides) {
  StreamFramer by_nul(Method::automatic, false);
  by_nul.bytes(context_, as_bytes("<14>he"), frames_);
  by_nul.bytes(context_, as_bytes(std::string_view("llo\0two\nlines\0", 14)), frames_);
  StreamFramer by_lf(Method::automatic, false);
  by_lf.bytes(context_, as_bytes(std::string_view("a\nb\0c\n", 6)), frames_);
  EXPECT_THAT(frames_.all, ElementsAre("<14>hello", "two\nlines", "a", std::string("b\0c", 3)));
}

TEST(DatagramFramer, TrailingDelimiters_AreTrimmed) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  EXPECT_TRUE(frame_datagram(context, as_bytes(std::string_view("hello\0", 6)), false, frames));
  EXPECT_TRUE(frame_datagram(context, as_bytes("two\nlines\r\n"), false, frames));
  EXPECT_THAT(frames.all, ElementsAre("hello", "two\nlines"));
}

TEST(DatagramFramer, WithoutContent_NoFrame) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  EXPECT_FALSE(frame_datagram(context, {}, false, frames));
  EXPECT_FALSE(frame_datagram(context, as_bytes("\n"), false, frames));
  EXPECT_TRUE(frames.all.empty());
}

TEST(DatagramFramer, TooLongOrCutByTheSnapshot_IsTruncated) {
  FramingContext context{{4, 100}, {}};
  Frames frames;
  frame_datagram(context, as_bytes("12345"), false, frames);
  frame_datagram(context, as_bytes("123"), true, frames);
  EXPECT_THAT(frames.all, ElementsAre("1234|truncated", "123|truncated"));
}

}  // namespace
}  // namespace logsniffd::framing
