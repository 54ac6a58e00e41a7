// Streams of JSON objects, through the framer that finds the objects.
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

constexpr std::string_view kOne = R"({"a":1})";
constexpr std::string_view kTwo = R"({"a":2})";
constexpr std::string_view kBoth = R"({"a":1}{"a":2})";

class JsonFramerTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }

  Framing framing_{FramingOptions{}};
};

TEST_F(JsonFramerTest, ObjectsSideBySide_AreFrames) {
  framing_.feed(kBoth).feed(kOne);
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, kOne));
  EXPECT_EQ(framing_.decided(Evidence::json_row), 1U);
  end(framing_);
}

TEST_F(JsonFramerTest, FirstObject_IsOutBeforeAnythingFollows) {
  framing_.feed(kOne);
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne));
  EXPECT_FALSE(framing_.framer.waits_for_quiet());
}

TEST_F(JsonFramerTest, ByteByByte_IsTheSame) {
  for (const char byte : std::string(kBoth) + std::string(kBoth)) framing_.feed({&byte, 1});
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, kOne, kTwo));
  end(framing_);
}

TEST_F(JsonFramerTest, BlanksBetweenObjects_BelongToNone) {
  framing_.feed(R"({"a":1} {"a":2})").feed("\t").feed(kOne);
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, kOne));
  EXPECT_EQ(framing_.context.counters.overhead_bytes.get(), 2U);
  end(framing_);
}

TEST_F(JsonFramerTest, LineFeedBehindTheFirst_MakesLines) {
  framing_.feed("{\"a\":1}\r\n{\"a\":2}\r\nplain\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, "plain"));
  EXPECT_EQ(framing_.decided(Evidence::line_feed), 1U);
  EXPECT_EQ(framing_.decided(Evidence::json_row), 0U);
  end(framing_);
}

TEST_F(JsonFramerTest, LineFeedInTheNextSegment_MakesLines) {
  framing_.feed(kOne).feed("\n").feed("{\"a\":2}\nplain\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, "plain"));
  EXPECT_EQ(framing_.decided(Evidence::line_feed), 1U);
  end(framing_);
}

TEST_F(JsonFramerTest, NulBehindTheFirst_EndsRecords) {
  framing_.feed("{\"a\":1}\0{\"a\":2}\0two\nlines\0"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, "two\nlines"));
  EXPECT_EQ(framing_.decided(Evidence::nul), 1U);
  end(framing_);
}

TEST_F(JsonFramerTest, BraceThatBeginsNoObject_IsText) {
  framing_.feed("{not json\nnext\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("{not json", "next"));
  end(framing_);
}

TEST_F(JsonFramerTest, TextBehindTheFirstObject_BelongsToItsLine) {
  framing_.feed("{\"a\":1} is what came\nnext\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("{\"a\":1} is what came", "next"));
  end(framing_);
}

TEST_F(JsonFramerTest, ObjectAcrossSegments_OneInvalidInside_IsText) {
  framing_.feed("{\"a\":").feed("<13>\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("{\"a\":<13>"));
  end(framing_);
}

TEST_F(JsonFramerTest, LongerThanTheLimit_IsCutAndSkippedToItsBrace) {
  const std::string inside = R"({"a":")" + std::string(60, 'x');
  Framing framing(FramingOptions{}, false, 20);
  framing.feed(kOne).feed(kTwo).feed(inside).feed(R"( }{ \"} ")").feed(R"(})" + std::string(kOne));
  EXPECT_THAT(framing.frames.all, ElementsAre(kOne, kTwo, inside.substr(0, 20) + "|truncated", kOne));
  end(framing);
}

TEST_F(JsonFramerTest, GapInARow_GoesOnAtTheNextObject) {
  framing_.feed(kBoth).feed(R"({"a")").gap().feed(R"(:3})" + std::string(kBoth));
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, R"({"a"|gap)", ":3}|gap", kOne, kTwo));
  EXPECT_EQ(framing_.context.counters.resyncs.get(), 1U);
  end(framing_);
}

TEST_F(JsonFramerTest, GapBetweenObjects_MarksTheNext) {
  framing_.feed(kBoth).gap().feed(kBoth);
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, R"({"a":1}|gap)", kTwo));
  end(framing_);
}

TEST_F(JsonFramerTest, GapBehindTheOnlyObject_DecidesNothing) {
  framing_.feed(kOne).gap().feed("rest\nline\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, "rest|gap", "line"));
  end(framing_);
}

TEST_F(JsonFramerTest, NoObjectBehindSome_EndsAtTheNextObject) {
  framing_.feed(kOne).feed(kTwo).feed("garbage" + std::string(kBoth));
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, "garbage|joined_late", kOne, kTwo));
  end(framing_);
}

TEST_F(JsonFramerTest, LineBehindSome_IsALine) {
  framing_.feed(kOne).feed(kTwo).feed("a line\nanother\n");
  ASSERT_EQ(framing_.frames.all.size(), 4U);
  EXPECT_EQ(framing_.frames.all[2].substr(0, 6), "a line");
  EXPECT_EQ(framing_.frames.all[3], "another");
  end(framing_);
}

TEST_F(JsonFramerTest, JoinedLate_BeginsWhereAnObjectIsComplete) {
  Framing late(FramingOptions{}, true);
  late.feed(R"("x":"y"}{"a":1}{"a":2}{"a")").feed(":3}");
  EXPECT_THAT(late.frames.all, ElementsAre(R"("x":"y"}|joined_late)", kOne, kTwo, R"({"a":3})"));
  EXPECT_EQ(late.decided(Evidence::json_row), 1U);
  end(late);
}

TEST_F(JsonFramerTest, EndInsideAnObject_IsUnfinished) {
  framing_.feed(kBoth).feed(R"({"a":)");
  end(framing_);
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo, R"({"a":|unfinished)"));
}

TEST_F(JsonFramerTest, SilenceInsideAnObject_ChangesNothing) {
  framing_.feed(R"({"a":)").quiet();
  EXPECT_THAT(framing_.frames.all, IsEmpty());
  framing_.feed("1}").feed(R"({"a":)").quiet().feed("2}");
  EXPECT_THAT(framing_.frames.all, ElementsAre(kOne, kTwo));
  end(framing_);
}

}  // namespace
}  // namespace logsniffd::framing
