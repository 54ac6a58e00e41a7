// RFC 6587: counted messages, lines, and both on one connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr FramingOptions kOctet{.method = Method::octet};
constexpr FramingOptions kAutomatic{};

TEST(OctetCounting, CountedAndLines_MixedOnOneConnection) {
  for (const FramingOptions& options : {kOctet, kAutomatic}) {
    Framing framing(options);
    framing.feed("20 <13>cron: first\nhalf25 <13>cron: across seg").feed("ments<13>cron: no count\n15 <13>cron: again");
    framing.feed("\n16 <13>cron: a line\n").end();
    EXPECT_THAT(framing.frames.all, ElementsAre("<13>cron: first\nhalf", "<13>cron: across segments",
                                                "<13>cron: no count", "<13>cron: again", "<13>cron: a line"));
    EXPECT_EQ(framing.context.counters.false_lengths.get(), 0U);
  }
}

TEST(OctetCounting, EachMessageIsOutAsSoonAsItIsComplete) {
  Framing framing(kAutomatic);
  framing.feed("7 <13>abc");
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc"));
  framing.feed("8 <13>").feed("ab\nc");
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "<13>ab\nc"));
  EXPECT_EQ(framing.decided(Evidence::count), 1U);
}

TEST(OctetCounting, WholeMessage_IsPassedOnWhereItLies) {
  struct Where final : FrameObserver {
    void on_frame(Bytes frame, Integrity) override { at.push_back(frame.data()); }
    std::vector<const std::uint8_t*> at;
  } where;
  FramingContext context{{1000, 1000}, {}};
  StreamFramer framer(kAutomatic, false);
  const std::string_view text = "7 <13>abc7 <13>def<13>line\n";
  framer.bytes(context, kAutomatic, as_bytes(text), where);
  const std::uint8_t* const begin = as_bytes(text).data();
  EXPECT_THAT(where.at, ElementsAre(begin + 2, begin + 11, begin + 18));
  framer.end(context, kAutomatic, where);
}

TEST(OctetCounting, StrayDelimitersAndBlanksBetweenMessages_AreSkipped) {
  Framing framing(kOctet);
  framing.feed("3 <1>\n3 <2>\r\n\n3 <3>\0"sv).feed(" ").feed("3 <4>  ").feed("<5>line\n").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<1>", "<2>", "<3>", "<4>", "<5>line"));
  EXPECT_EQ(framing.context.counters.false_lengths.get(), 0U);
}

TEST(OctetCounting, BlanksThatBeginALine_StayInIt) {
  Framing framing(kOctet);
  framing.feed("3 <1>  at f()\n    at g()\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("<1>", "  at f()", "    at g()"));
}

TEST(OctetCounting, EndsThatTheCountIncludes_AreTrimmed) {
  Framing framing(kAutomatic);
  framing.feed("6 <13>a\n7 <13>b\r\n6 <13>c\0"sv);
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>a", "<13>b", "<13>c"));
}

TEST(OctetCounting, ALineThatBeginsWithADigit_IsALine) {
  Framing framing(kAutomatic);
  framing.feed("<13>a\n2024-03-09 <13>b\n12 apples\n12\n7 <13>abc<13>c\n").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>a", "2024-03-09 <13>b", "12 apples", "12", "<13>abc", "<13>c"));
  EXPECT_EQ(framing.decided(Evidence::priority), 1U);
  EXPECT_EQ(framing.decided(Evidence::later_count), 1U);
}

TEST(OctetCounting, ConfiguredCounting_NeedsNoPriority) {
  Framing framing(kOctet);
  framing.feed("7 {\"a\":1}7 {\"a\":2}").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("{\"a\":1}", "{\"a\":2}"));
}

TEST(OctetCounting, ACountBeyondTheBound_IsText) {
  Framing framing(kAutomatic);
  framing.feed("99999999 <13>cron: too large\n<13>cron: next\n17 <13>cron: counted200001 <13>x\n").end();
  EXPECT_THAT(framing.frames.all,
              ElementsAre("99999999 <13>cron: too large", "<13>cron: next", "<13>cron: counted", "200001 <13>x"));
}

TEST(OctetCounting, AFirstCountThatLeadsNowhere_IsALine) {
  Framing framing(kAutomatic);
  framing.feed("20 <5> items in\nthe list of").feed(" today\n<5>next\n").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("20 <5> items in", "the list of today", "<5>next"));
  EXPECT_EQ(framing.context.counters.false_lengths.get(), 1U);
  EXPECT_EQ(framing.decided(Evidence::count), 0U);
  EXPECT_EQ(framing.decided(Evidence::line_feed), 1U);
}

TEST(OctetCounting, AFirstCountBeyondTheStreamsEnd_IsALineWhereThereAreLines) {
  Framing framing(kAutomatic);
  framing.feed("9999 <5> a\n9999 <5> b\n");
  EXPECT_THAT(framing.frames.all, IsEmpty());
  framing.end();
  EXPECT_THAT(framing.frames.all, ElementsAre("9999 <5> a", "9999 <5> b"));
}

TEST(OctetCounting, AFalseCountInsideTheStream_IsALineUpToItsDelimiter) {
  Framing framing(kOctet);
  framing.feed("7 <13>abc7 <13>abc too long\n7 <13>abc").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "<13>abc", " too long", "<13>abc"));
  EXPECT_EQ(framing.context.counters.false_lengths.get(), 1U);
}

TEST(OctetCounting, AFalseCountWithoutDelimiters_SwallowsNothing) {
  Framing framing(kAutomatic);
  framing.feed("7 <13>abc7 <13>abc too long7 <13>def7 <13>ghi").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "<13>abc", " too long|joined_late", "<13>def", "<13>ghi"));
}

TEST(OctetCounting, AFalseCountWithoutPrioritiesOrDelimiters_SwallowsNothing) {
  Framing framing(kOctet, false, 30);
  framing.feed("7 {\"a\":1}7 {\"a\":1}" + std::string(200, 'x'));
  for (int i = 0; i < 40; ++i) framing.feed("7 {\"a\":2}");
  framing.end();
  EXPECT_GT(std::count(framing.frames.all.begin(), framing.frames.all.end(), "{\"a\":2}"), 35);
  EXPECT_EQ(framing.accounted(), framing.given);
}

TEST(OctetCounting, NumbersInALine_DoNotKeepItWaiting) {
  Framing framing(kOctet);
  framing.feed("7 <13>abc").feed("took 60000 ms, 3 times\n").feed("60000 is too much\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "took 60000 ms, 3 times"));
  framing.end();
  EXPECT_EQ(framing.frames.all.size(), 3U);
}

TEST(OctetCounting, AMessageLongerThanTheRecordLimit_IsCutAndSkippedByItsCount) {
  Framing framing(kAutomatic, false, 8);
  const std::string message = "<13>0123\n56789\n" + std::string(500, 'x');
  framing.feed("7 <13>abc515 " + message.substr(0, 100)).feed(message.substr(100) + "7 <13>def").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "<13>0123|truncated", "<13>def"));
  EXPECT_EQ(framing.context.counters.skipped_bytes.get(), 507U);
}

TEST(OctetCounting, EndOrGapInsideAMessage_MarksIt) {
  Framing framing(kOctet);
  framing.feed("7 <13>abc20 <13>ab").gap();
  framing.feed("cde\nrest\n<13>next\n9 <13>ab").end();
  EXPECT_THAT(framing.frames.all,
              ElementsAre("<13>abc", "<13>ab|gap", "cde\nrest|gap", "<13>next", "<13>ab|unfinished"));
}

TEST(OctetCounting, CutHeader_IsNotLost) {
  Framing framing(kOctet);
  framing.feed("7 <13>abc1").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("<13>abc", "1|unfinished"));
}

}  // namespace
}  // namespace logsniffd::framing
