// Streams of syslog messages without an end mark, through the framer that finds the messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::string dated(std::string_view text) { return "<13>Mar  9 10:27:44 web app: " + std::string(text); }
std::string version(std::string_view text) { return "<13>1 2024-03-09T10:27:44Z web app - - - " + std::string(text); }

class PriorityFramerTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }

  Framing framing_{FramingOptions{}};
};

TEST_F(PriorityFramerTest, TwoMoreSegmentsThatBeginAlike_Prove) {
  framing_.feed(dated("a")).feed(dated("b"));
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed(dated("c"));
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("b")));
  EXPECT_EQ(framing_.decided(Evidence::header_row), 1U);
  framing_.quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("b"), dated("c")));
  end(framing_);
}

TEST_F(PriorityFramerTest, SilenceBehindTheFirst_Proves) {
  framing_.feed(dated("a")).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a")));
  framing_.feed(dated("b") + dated("c"));
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("b")));
  EXPECT_TRUE(framing_.framer.waits_for_quiet());
  framing_.quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("b"), dated("c")));
  EXPECT_FALSE(framing_.framer.waits_for_quiet());
  end(framing_);
}

TEST_F(PriorityFramerTest, NineInOneSegment_Prove) {
  std::string all;
  for (int i = 0; i < 9; ++i) all += version(std::to_string(i));
  framing_.feed(all);
  EXPECT_EQ(framing_.frames.all.size(), 8U);
  EXPECT_EQ(framing_.frames.all.back(), version("7"));
  end(framing_);
  EXPECT_EQ(framing_.frames.all.back(), version("8"));
}

TEST_F(PriorityFramerTest, TwoUpToTheEnd_AreTwo) {
  framing_.feed(dated("a") + dated("b"));
  end(framing_);
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("b")));
}

TEST_F(PriorityFramerTest, OneUpToTheEnd_MayBeUnfinished) {
  framing_.feed(dated("a"));
  end(framing_);
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a") + "|unfinished"));
}

TEST_F(PriorityFramerTest, LineFeedInTime_MakesLines) {
  framing_.feed(dated("a")).feed(dated("b")).feed("\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a") + dated("b")));
  EXPECT_EQ(framing_.decided(Evidence::header_row), 0U);
  end(framing_);
}

TEST_F(PriorityFramerTest, PriorityInText_EndsNothing) {
  framing_.feed(dated("a")).quiet().feed(dated("says <13>b <14>1 and <13>Mar")).feed(dated("c")).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("says <13>b <14>1 and <13>Mar"), dated("c")));
  end(framing_);
}

TEST_F(PriorityFramerTest, HeaderOfTheOtherKind_EndsNothing) {
  framing_.feed(dated("a")).quiet().feed(dated("quotes ") + version("b")).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("quotes ") + version("b")));
  end(framing_);
}

TEST_F(PriorityFramerTest, HeaderAcrossSegmentsAnywhere_IsFound) {
  const std::string both = dated("b") + dated("c");
  for (std::size_t at = 1; at < both.size(); ++at) {
    Framing framing{FramingOptions{}};
    framing.feed(dated("a")).quiet().feed(both.substr(0, at)).feed(both.substr(at)).quiet();
    EXPECT_THAT(framing.frames.all, ElementsAre(dated("a"), dated("b"), dated("c"))) << at;
    end(framing);
  }
}

TEST_F(PriorityFramerTest, LineFeedInsideAMessage_Stays) {
  framing_.feed(dated("a")).quiet().feed(dated("two\nlines")).feed(dated("c")).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("two\nlines"), dated("c")));
  end(framing_);
}

TEST_F(PriorityFramerTest, LineFeedBehindAMessage_IsNoPartOfIt) {
  framing_.feed(dated("a")).quiet().feed(dated("b") + "\r\n").feed(dated("c") + "\n").quiet().feed("\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("b"), dated("c")));
  EXPECT_EQ(framing_.context.counters.overhead_bytes.get(), 4U);
  end(framing_);
}

TEST_F(PriorityFramerTest, MessageThatGoesOnBehindSilence_SaysThatItsStartIsUnknown) {
  framing_.feed(dated("a")).quiet().feed("rest of it\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), "rest of it|joined_late"));
  end(framing_);
}

TEST_F(PriorityFramerTest, BarePriority_NeedsSilenceAndANewSegment) {
  framing_.feed("<13>app: a").quiet();
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed("<13>app: b <14>app: c");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a"));
  framing_.feed("<14>app: d").quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b <14>app: c", "<14>app: d"));
  end(framing_);
}

TEST_F(PriorityFramerTest, BarePriority_ThreeNewSegmentsProveWithoutSilence) {
  framing_.feed("<13>app: a").feed("<13>app: b").feed("<13>app: c");
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed("<13>app: d").feed("<13>app: e").quiet();
  EXPECT_EQ(framing_.decided(Evidence::header_row), 1U);
  ASSERT_GE(framing_.frames.all.size(), 2U);
  EXPECT_EQ(framing_.frames.all.back(), "<13>app: e");
  EXPECT_EQ(framing_.frames.all[framing_.frames.all.size() - 2], "<13>app: d");
  end(framing_);
}

TEST_F(PriorityFramerTest, BarePriority_SeveralLinesAreOneMessageWhateverThePauses) {
  const std::string one = "<13>app: one\n  more\n  and more";
  const std::string two = "<13>app: two\nmore";
  framing_.feed(one).quiet().feed(two).quiet().feed(one);
  EXPECT_THAT(framing_.frames.all, ElementsAre(one, two));
  end(framing_);
  Framing pieces{FramingOptions{}};
  pieces.feed("<13>app: one").feed("\n  more").quiet().feed("\n  and more").quiet().feed(two).quiet();
  EXPECT_THAT(pieces.frames.all, ElementsAre(one, two));
  end(pieces);
}

TEST_F(PriorityFramerTest, BarePriority_LinesThatEndWithLineFeedAreLines) {
  framing_.feed("<13>app: one\nmore\n").quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: one", "more"));
  framing_.feed("<13>app: two\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: one", "more", "<13>app: two"));
  end(framing_);
}

// Each text ends within what may become a header, so the framer waits for the next segment.
TEST_F(PriorityFramerTest, BarePriority_ShortTextsAreMessages) {
  framing_.feed("<13>a").feed("<13>b").feed("<13>c").feed("<13>d");
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>a", "<13>b", "<13>c"));
  framing_.quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>a", "<13>b", "<13>c", "<13>d"));
  end(framing_);
  Framing pauses{FramingOptions{}};
  pauses.feed("<13>a").quiet().feed("<13>b").quiet().feed("<13>1").quiet();
  EXPECT_THAT(pauses.frames.all, ElementsAre("<13>a", "<13>b", "<13>1"));
  end(pauses);
  Framing late{FramingOptions{}, true};
  late.feed("<13>a").feed("<13>b").feed("<13>c").feed("<13>d").quiet();
  EXPECT_THAT(late.frames.all, ElementsAre("<13>a|joined_late", "<13>b", "<13>c", "<13>d"));
  end(late);
}

TEST_F(PriorityFramerTest, LongerThanTheLimit_IsCutAndSkippedToTheNextHeader) {
  const std::string body = dated(std::string(200, 'x'));
  Framing framing(FramingOptions{}, false, 40);
  framing.feed(dated("a")).quiet().feed(body).feed("and <13>on").feed("\n" + dated("b")).quiet();
  EXPECT_THAT(framing.frames.all, ElementsAre(dated("a"), body.substr(0, 40) + "|truncated", dated("b")));
  end(framing);
}

TEST_F(PriorityFramerTest, Gap_MarksBothSidesAndGoesOnAtTheNextHeader) {
  framing_.feed(dated("a")).quiet().feed(dated("half")).gap().feed("tail" + dated("b")).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre(dated("a"), dated("half") + "|gap", "tail|gap", dated("b")));
  EXPECT_EQ(framing_.context.counters.resyncs.get(), 1U);
  end(framing_);
}

TEST_F(PriorityFramerTest, JoinedLate_BeginsAtTheFirstHeader) {
  Framing late(FramingOptions{}, true);
  late.feed("tail of one" + dated("a")).feed(dated("b")).feed(dated("c")).quiet();
  EXPECT_THAT(late.frames.all, ElementsAre("tail of one|joined_late", dated("a"), dated("b"), dated("c")));
  end(late);
}

TEST_F(PriorityFramerTest, JoinedLateBarePriorities_ThreeNewSegmentsProve) {
  Framing late{FramingOptions{}, true};
  late.feed("rest of one").feed("<13>text a").feed("<165>text b");
  EXPECT_THAT(late.frames.all, IsEmpty());
  late.feed("<6>text c");
  EXPECT_THAT(late.frames.all, ElementsAre("rest of one|joined_late", "<13>text a", "<165>text b"));
  late.quiet();
  EXPECT_EQ(late.frames.all.back(), "<6>text c");
  end(late);
}

TEST_F(PriorityFramerTest, JoinedLateBarePrioritiesFromTheFirstByte_AreAllGivenOut) {
  Framing late{FramingOptions{}, true};
  late.feed("<13>text a").feed("<165>text b").feed("<6>text c").feed("<6>text d");
  EXPECT_THAT(late.frames.all, ElementsAre("<13>text a|joined_late", "<165>text b", "<6>text c"));
  end(late);
}

TEST_F(PriorityFramerTest, JoinedLateBarePriorityInsideText_OnlyTheLastSegmentIsSure) {
  Framing late{FramingOptions{}, true};
  late.feed("rest <5>x").feed("<13>text a").feed("<165>text b").feed("<6>text c").quiet();
  EXPECT_THAT(late.frames.all, ElementsAre("rest <5>x<13>text a<165>text b|joined_late", "<6>text c"));
  end(late);
}

TEST_F(PriorityFramerTest, BarePriorityTooLong_IsSkippedToTheNextSegmentThatBeginsWithOne) {
  const std::string too_long = "<13>" + std::string(1500, 'x');
  framing_.feed(too_long).feed("<13>text a").feed("<13>text b").feed("<13>text c").feed("<13>text d");
  EXPECT_THAT(framing_.frames.all,
              ElementsAre(too_long.substr(0, 1000) + "|truncated", "<13>text a", "<13>text b", "<13>text c"));
  end(framing_);
}

}  // namespace
}  // namespace logsniffd::framing
