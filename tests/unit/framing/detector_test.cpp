// What decides how a stream of text is cut, and what must wait for more bytes.
#include "daemon/framing/detector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class DetectorTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }

  Framing framing_{FramingOptions{}};
};

TEST_F(DetectorTest, FirstLineFeedOfText_Decides) {
  framing_.feed("a line\nanother");
  EXPECT_THAT(framing_.frames.all, ElementsAre("a line"));
  EXPECT_EQ(framing_.decided(Evidence::line_feed), 1U);
}

TEST_F(DetectorTest, LineFeedBehindAPriority_DecidesWhereNothingStandsBehindIt) {
  framing_.feed("<13>app: a\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a"));
  EXPECT_EQ(framing_.decided(Evidence::priority), 1U);
}

TEST_F(DetectorTest, LineFeedBehindAPriority_WaitsForWhatTextBehindItIs) {
  framing_.feed("<13>app: a\nb");
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed("\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "b"));
  end(framing_);
}

TEST_F(DetectorTest, NulThatTheNextPriorityFollows_DecidesAgainstAnEarlierLineFeed) {
  framing_.feed("<13>app: a\n\tat b\0<13>app: c\0"sv).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a\n\tat b", "<13>app: c"));
  end(framing_);
}

TEST_F(DetectorTest, StartOfTheNextRecordInPart_IsWaitedFor) {
  framing_.feed("<13>app: a\n<1");
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed("4>app: b\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<14>app: b"));
  end(framing_);
}

TEST_F(DetectorTest, FirstNulOfText_IsDoubtfulAndTheSecondLineFeedDecides) {
  framing_.feed("a value '\0' in text\nnext\n"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre("a value '\0' in text"sv, "next"));
  EXPECT_EQ(framing_.decided(Evidence::line_feed), 1U);
  end(framing_);
}

TEST_F(DetectorTest, SecondNul_Decides) {
  framing_.feed("one text\0another\0"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre("one text", "another"));
  EXPECT_EQ(framing_.decided(Evidence::nul), 1U);
  end(framing_);
}

TEST_F(DetectorTest, LineFeedAndNulSideBySide_AreOneDelimiter) {
  for (const std::string_view trailer : {"\n\0"sv, "\0\n"sv, "\r\n\0"sv, "\0\r\n"sv}) {
    Framing framing{FramingOptions{}};
    for (const std::string_view text : {"<13>app: a", "<13>app: b", "<13>app: c"}) {
      framing.feed(std::string(text) + std::string(trailer));
    }
    framing.quiet();
    EXPECT_THAT(framing.frames.all, ElementsAre("<13>app: a", "<13>app: b", "<13>app: c"));
    EXPECT_EQ(framing.context.counters.overhead_bytes.get(), 3 * trailer.size());
    end(framing);
  }
}

TEST_F(DetectorTest, Silence_EndsTheWaitForWhatFollowsADelimiter) {
  framing_.feed("<13>app: a\0"sv);
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  EXPECT_TRUE(framing_.framer.waits_for_quiet());
  framing_.quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a"));
  EXPECT_FALSE(framing_.framer.waits_for_quiet());
  end(framing_);
}

TEST_F(DetectorTest, SilenceBehindTextWithoutAnyProof_LeavesIt) {
  framing_.feed("half a line").quiet();
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed(" and the rest\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("half a line and the rest"));
  end(framing_);
}

TEST_F(DetectorTest, CountAndPriority_DecideBeforeAnyDelimiter) {
  framing_.feed("12 <13>a\nb\nc\nde5 <13>x").quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>a\nb\nc\nde", "<13>x"));
  EXPECT_EQ(framing_.decided(Evidence::count), 1U);
  end(framing_);
}

TEST_F(DetectorTest, Late_TheFirstLineFeedEndsWhatWasJoined) {
  Framing late(FramingOptions{}, true);
  late.feed("tail of one\n<13>app: b\n");
  EXPECT_THAT(late.frames.all, ElementsAre("tail of one|joined_late", "<13>app: b"));
  end(late);
}

TEST_F(DetectorTest, Late_OneNulMayBePartOfALength) {
  Framing late(FramingOptions{}, true);
  late.feed("tail of one\0another record\0"sv);
  EXPECT_THAT(late.frames.all, IsEmpty());
  late.feed("and a third one\0"sv);
  end(late);
  EXPECT_THAT(late.frames.all, ElementsAre("tail of one|joined_late", "another record", "and a third one"));
}

TEST_F(DetectorTest, NothingWithinTheLimit_MakesLines) {
  Framing framing(FramingOptions{}, false, 40);
  framing.feed(std::string(41, 'x')).feed(std::string(10, 'y') + "\nnext\n");
  EXPECT_THAT(framing.frames.all, ElementsAre(std::string(40, 'x') + "|truncated", "next"));
  EXPECT_EQ(framing.decided(Evidence::no_delimiter), 1U);
  end(framing);
}

// If nothing shows how a record ends, it is skipped up to the start of the next record of any framing.
TEST_F(DetectorTest, SkippedText_EndsAtABoundaryOfAnyFraming) {
  struct Case {
    std::string_view next;
    std::vector<std::string> frames;
  };
  const std::string header = "<13>Mar  9 10:27:44 web app: a";
  const std::array cases{
      Case{"tail\nline\n", {"line"}},
      Case{"tail\0by NUL\0again\0"sv, {"by NUL", "again"}},
      Case{"tail<13>Mar  9 10:27:44 web app: a", {header}},
      Case{R"(tail}{"a":1}{"a":2})", {R"({"a":1})", R"({"a":2})"}},
  };
  for (const Case& c : cases) {
    Framing framing(FramingOptions{}, false, 40);
    framing.feed(std::string(200, 'x')).feed(c.next).quiet();
    ASSERT_EQ(framing.frames.all.size(), c.frames.size() + 1) << c.next;
    EXPECT_EQ(framing.frames.all[0], std::string(40, 'x') + "|truncated");
    for (std::size_t i = 0; i < c.frames.size(); ++i) EXPECT_EQ(framing.frames.all[i + 1], c.frames[i]);
    end(framing);
  }
}

TEST(DetectorStarts, NulsInFrontOfTheFirstRecord_AreTrimmed) {
  for (const std::string& nuls : {std::string(1, '\0'), std::string(2, '\0'), std::string(3, '\0')}) {
    Framing framing({});
    framing.feed(nuls + "<14>app: one\n<14>app: two\n").end();
    EXPECT_THAT(framing.frames.all, testing::ElementsAre("<14>app: one", "<14>app: two"));
    EXPECT_EQ(framing.accounted(), framing.given);
  }
}

TEST(DetectorStarts, SeveralNulsInsideTheFirstLine_AreNotItsDelimiter) {
  Framing framing({});
  framing.feed(std::string_view("<14>app: a\0b\0c\n<14>app: two\n", 29)).end();
  EXPECT_THAT(framing.frames.all, testing::ElementsAre(std::string("<14>app: a\0b\0c", 14), "<14>app: two"));
}

}  // namespace
}  // namespace logsniffd::framing
