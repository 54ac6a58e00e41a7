// After a gap, and in streams that were joined late: the next proven boundary of each framing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr FramingOptions kAutomatic{};
constexpr FramingOptions kOctet{.method = Method::octet};
constexpr FramingOptions kLength{.method = Method::length};

const std::string kPickle("\0\0\0\x0a}q\0(X\1\0\0au"sv);

TEST(Resynchronisation, Counted_LineFeedsInsideMessagesAreNoBoundaries) {
  Framing framing(kAutomatic);
  framing.feed("9 <13>a\nb\nc9 <13>d\ne\nf").gap();
  framing.feed("rest\nof a message9 <13>a\nb\nc").feed("9 <13>d\ne\nf");
  EXPECT_THAT(framing.frames.all,
              ElementsAre("<13>a\nb\nc", "<13>d\ne\nf", "rest\nof a message|gap", "<13>a\nb\nc", "<13>d\ne\nf"));
  EXPECT_EQ(framing.context.counters.resyncs.get(), 1U);
}

TEST(Resynchronisation, Counted_ACountThatLeadsNowhere_IsNoBoundary) {
  Framing framing(kAutomatic);
  framing.feed("7 <13>abc").gap();
  framing.feed("rest 7 <13>abc of it7 <13>def").feed("<13>line\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "rest 7 <13>abc of it|gap", "<13>def", "<13>line"));
}

TEST(Resynchronisation, Counted_TheMessageBehindTheGapAtItsStart_IsMarkedAndTheNextWhole) {
  Framing framing(kOctet);
  framing.feed("7 <13>abc").gap();
  framing.feed("7 <13>def7 <13>ghi");
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "<13>def|gap", "<13>ghi"));
}

TEST(Resynchronisation, Counted_DigitsInFrontOfTheCount_AreTriedAll) {
  Framing framing(kOctet);
  framing.feed("7 <13>abc").gap();
  framing.feed("code 127 <13>def7 <13>ghi").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "code 12|gap", "<13>def", "<13>ghi"));
}

TEST(Resynchronisation, Counted_NoBoundaryWithinTheWindow_GoesOnBehind) {
  Framing framing(kOctet, false, 40);
  framing.feed("7 <13>abc").gap();
  framing.feed(std::string(400, 'x') + "7 <13>def7 <13>ghi").end();
  EXPECT_EQ(framing.frames.all.back(), "<13>ghi");
  EXPECT_EQ(framing.frames.all[framing.frames.all.size() - 2], "<13>def");
  EXPECT_EQ(framing.frames.all[1], std::string(40, 'x') + "|gap");
  EXPECT_GT(framing.context.counters.resync_skipped_bytes.get(), 100U);
  EXPECT_EQ(framing.accounted(), framing.given);
}

TEST(Resynchronisation, Counted_WhereThereAreOnlyLines_TheFirstDelimiterIsTaken) {
  Framing framing(kOctet, true);
  framing.feed("tail\nline one\nline two\n").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("tail|joined_late", "line one", "line two"));
}

TEST(Resynchronisation, Automatic_JoinedLateInsideACountedStream) {
  Framing framing(kAutomatic, true);
  framing.feed("of a message7 <13>abc").feed("9 <13>d\ne\nf7 <13>ghi");
  EXPECT_THAT(framing.frames.all, ElementsAre("of a message|joined_late", "<13>abc", "<13>d\ne\nf", "<13>ghi"));
  EXPECT_EQ(framing.decided(Evidence::count_chain), 1U);
}

TEST(Resynchronisation, Automatic_JoinedLateInsideAMessageOfSeveralLines) {
  Framing framing(kAutomatic, true);
  framing.feed("of a message\nwith a second line7 <13>abc9 <13>d\ne\nf").end();
  EXPECT_THAT(framing.frames.all,
              ElementsAre("of a message|joined_late", "with a second line|joined_late", "<13>abc", "<13>d\ne\nf"));
}

TEST(Resynchronisation, Automatic_JoinedLateInsideLines_EachIsOutWithItsDelimiter) {
  Framing framing(kAutomatic, true);
  framing.feed("tail\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("tail|joined_late"));
  framing.feed("whole\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("tail|joined_late", "whole"));
}

TEST(Resynchronisation, Automatic_GapInLines_GoesOnBehindTheNext) {
  Framing framing(kAutomatic);
  framing.feed("<13>one\n<13>tw").gap().feed("ree\n");
  framing.feed("<13>four\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>one", "<13>tw|gap", "ree|gap", "<13>four"));
}

TEST(Resynchronisation, Automatic_JoinedLateInsidePickles) {
  Framing framing(kAutomatic, true);
  framing.feed(kPickle.substr(7) + kPickle + kPickle);
  EXPECT_THAT(framing.frames.all, ElementsAre(kPickle.substr(4), kPickle.substr(4)));
  EXPECT_EQ(framing.context.counters.resync_skipped_bytes.get(), 7U);
  EXPECT_EQ(framing.decided(Evidence::length_4_big), 1U);
}

TEST(Resynchronisation, Automatic_JoinedLateInsideTextBehindLengths) {
  Framing framing(kAutomatic, true);
  framing.feed("age\":1}\0\0\0\x0d{\"message\":2}\0\0\0\x0d{\"message\":3}"sv).end();
  EXPECT_THAT(framing.frames.all, ElementsAre("age\":1}|joined_late", "{\"message\":2}", "{\"message\":3}"));
}

TEST(Resynchronisation, Length_PicklesAreFoundByTheirStart) {
  Framing framing(kLength);
  framing.feed(kPickle).gap();
  framing.feed(kPickle.substr(7) + kPickle + kPickle);
  EXPECT_THAT(framing.frames.all, ElementsAre(kPickle.substr(4), kPickle.substr(4), kPickle.substr(4)));
  EXPECT_EQ(framing.accounted(), framing.given);
}

TEST(Resynchronisation, Length_TextIsPassedOnWithTheMark) {
  Framing framing({.method = Method::length, .length = {2, std::endian::little}});
  framing.feed("\5\0first"sv).gap();
  framing.feed("ond\5\0third\6\0fourth"sv).end();
  EXPECT_THAT(framing.frames.all, ElementsAre("first", "ond|gap", "third", "fourth"));
}

TEST(Resynchronisation, Length_BinaryPayloadsAreProvenByARowOfLengths) {
  Framing framing(kLength);
  const std::string record("\0\0\0\5\1\2\3\4\5"sv);
  framing.feed(record).gap();
  framing.feed(record.substr(6));
  for (int i = 0; i < 6; ++i) framing.feed(record);
  EXPECT_EQ(framing.frames.all.size(), 7U);
  for (const std::string& frame : framing.frames.all) EXPECT_EQ(frame, record.substr(4));
}

TEST(Resynchronisation, Length_AFalseOneIsSearchedOver) {
  for (const std::string_view length : {"\xff\xff\xff\xff"sv, "\0\0\0\0"sv, "\1\0\0\1"sv}) {
    Framing framing(kLength);
    framing.feed("\0\0\0\4text"sv).feed(length).feed("\0\0\0\4next\0\0\0\4last"sv).end();
    EXPECT_THAT(framing.frames.all, ElementsAre("text", "next", "last"));
    EXPECT_EQ(framing.context.counters.false_lengths.get(), 1U);
    EXPECT_EQ(framing.context.counters.resync_skipped_bytes.get(), 4U);
  }
}

TEST(Resynchronisation, Length_BeyondTheRecordLimitWithAnotherPayload_IsFalse) {
  Framing framing(kLength, false, 100);
  framing.feed(kPickle).feed("\0\x0f\xff\xffjust some text"sv);
  framing.feed(kPickle + kPickle);
  EXPECT_THAT(framing.frames.all, ElementsAre(kPickle.substr(4), kPickle.substr(4), kPickle.substr(4)));
}

TEST(Resynchronisation, Length_AnnouncedFourGibibytes_CostNothing) {
  Framing framing(kLength);
  framing.feed("\xff\xff\xff\xff"sv);
  EXPECT_LE(framing.context.counters.partial_bytes.get(), 64U);
  framing.end();
  Framing plausible(kLength);
  plausible.feed("\0\xff\xff\xffsome"sv);  // 16 MiB - 1
  EXPECT_LE(plausible.context.counters.partial_bytes.get(), 64U);
  plausible.end();
}

}  // namespace
}  // namespace logsniffd::framing
