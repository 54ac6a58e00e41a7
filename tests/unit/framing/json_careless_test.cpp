// JSON streams of careless senders: what they write before values, between them and inside them.
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
using testing::ElementsAreArray;
using testing::IsEmpty;

const std::string kOne = R"({"a":1})";
const std::string kTwo = R"({"a":2})";
const std::string kThree = R"({"a":3})";
const std::string kMark = "\xef\xbb\xbf";

std::string pretty(std::string_view value) {
  return "{\n  \"a\": " + std::string(value) + ",\n  \"n\": {\n    \"b\": 1\n  }\n}";
}

class CarelessJsonTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }
  // At every cut of the stream into two segments.
  void expect(const std::string& stream, const std::vector<std::string>& frames) {
    for (std::size_t at = 0; at <= stream.size(); ++at) {
      Framing framing{FramingOptions{}};
      if (at > 0) framing.feed(stream.substr(0, at));
      if (at < stream.size()) framing.feed(stream.substr(at));
      end(framing);
      EXPECT_THAT(framing.frames.all, ElementsAreArray(frames)) << "cut at " << at << " of " << stream;
    }
  }
};

TEST_F(CarelessJsonTest, ArraysSideBySide_AreFrames) {
  const std::string array = "[" + kOne + ", " + kTwo + "]";
  expect(array + "[" + kThree + "]" + array, {array, "[" + kThree + "]", array});
}

TEST_F(CarelessJsonTest, ArrayOverSeveralLines_IsOneFrame) {
  const std::string array = "[\n  " + kOne + ",\n  " + kTwo + "\n]";
  expect(array + "\n" + array + "\n", {array, array});
}

TEST_F(CarelessJsonTest, ByteOrderMark_BelongsToNoValue) {
  expect(kMark + kOne + kTwo, {kOne, kTwo});
  expect(kMark + kOne + "\n" + kTwo + "\n", {kOne, kTwo});
  expect(kMark + kOne + kMark + kTwo + kMark + kThree, {kOne, kTwo, kThree});
  expect(kMark + "<13>a\n<13>b\n", {"<13>a", "<13>b"});
}

TEST_F(CarelessJsonTest, ByteOrderMarkInFrontOfText_StaysInIt) {
  expect(kMark + "text\nnext\n", {kMark + "text", "next"});
}

TEST_F(CarelessJsonTest, BlanksInFrontOfTheFirst_BelongToNoValue) {
  for (const std::string_view blanks : {"  ", "\t", "\n", "\r\n \n"}) {
    Framing framing{FramingOptions{}};
    framing.feed(std::string(blanks) + kOne + kTwo).feed(kThree).end();
    EXPECT_THAT(framing.frames.all, ElementsAre(kOne, kTwo, kThree));
    EXPECT_EQ(framing.accounted(), framing.given);
  }
}

TEST_F(CarelessJsonTest, CommasBetween_BelongToNoValue) {
  expect(kOne + "," + kTwo + " , " + kThree, {kOne, kTwo, kThree});
  expect(kOne + ",\n" + kTwo + ",\r\n" + kThree + "\n", {kOne, kTwo, kThree});
}

TEST_F(CarelessJsonTest, CommaBehindTheFirst_WaitsForTheNextOrSilence) {
  Framing framing{FramingOptions{}};
  framing.feed(kOne + ",");
  EXPECT_THAT(framing.frames.all, IsEmpty());
  framing.quiet();
  EXPECT_THAT(framing.frames.all, ElementsAre(kOne));
  framing.feed(kTwo + ",");
  EXPECT_THAT(framing.frames.all, ElementsAre(kOne, kTwo));
  end(framing);
}

TEST_F(CarelessJsonTest, RawLineFeedInAString_EndsNothing) {
  const std::string lines = "{\"a\":\"one\ntwo\r\nthree\"}";
  expect(lines + kTwo + lines + kThree, {lines, kTwo, lines, kThree});
  expect(kOne + kTwo + lines + kThree, {kOne, kTwo, lines, kThree});
  expect(lines + "\n" + kTwo + "\n", {lines, kTwo});
  expect(lines + '\0' + kTwo + '\0', {lines, kTwo});
}

TEST_F(CarelessJsonTest, LineThatWasCutInsideAString_EndsWithItsLineFeed) {
  expect("{\"a\":\"cut off\n" + kTwo + "\n" + kThree + "\n", {"{\"a\":\"cut off", kTwo, kThree});
  Framing framing{FramingOptions{}};
  framing.feed("{\"a\":\"cut off\n").quiet();
  EXPECT_THAT(framing.frames.all, ElementsAre("{\"a\":\"cut off"));
  framing.feed("plain\n" + std::string(kTwo) + "\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("{\"a\":\"cut off", "plain", kTwo));
  end(framing);
}

TEST_F(CarelessJsonTest, RawLineFeedInAValueThatNeverEnds_IsForgivenForAWhileOnly) {
  Framing framing(FramingOptions{}, false, 64 * 1024);
  framing.feed("{\"a\":\"cut off\n");
  std::vector<std::string> expected{"{\"a\":\"cut off"};
  for (int i = 0; i < 1000; ++i) {
    expected.push_back("plain line " + std::to_string(i));
    framing.feed(expected.back() + "\n");
  }
  end(framing);
  EXPECT_THAT(framing.frames.all, ElementsAreArray(expected));
}

TEST_F(CarelessJsonTest, PrettyBehindAGap_GoesOnAtTheNextValue) {
  for (const std::string between : {"\n", ""}) {
    const std::string stream = pretty("1") + between + pretty("2") + between;
    for (std::size_t at = 1; at < pretty("3").size(); ++at) {
      Framing framing{FramingOptions{}};
      framing.feed(stream).feed(pretty("3").substr(0, at)).gap();
      framing.feed(pretty("4").substr(at) + between + pretty("5") + between + pretty("6") + between);
      end(framing);
      ASSERT_GE(framing.frames.all.size(), 5U);
      EXPECT_EQ(framing.frames.all[framing.frames.all.size() - 2], pretty("5")) << at;
      EXPECT_EQ(framing.frames.all.back(), pretty("6")) << at;
    }
  }
}

TEST_F(CarelessJsonTest, PrettyJoinedLate_BeginsAtTheNextValue) {
  const std::string first = pretty("1");
  for (const std::size_t at : {std::size_t{0}, first.find("\"n\""), first.find("\"b\""), first.size() - 3}) {
    Framing late(FramingOptions{}, true);
    late.feed(first.substr(at) + "\n" + pretty("2") + "\n").feed(pretty("3") + "\n");
    end(late);
    EXPECT_THAT(late.frames.all, ElementsAre(first.substr(at) + "|joined_late", pretty("2"), pretty("3"))) << at;
  }
}

TEST_F(CarelessJsonTest, TextBehindALateValue_IsLines) {
  Framing late(FramingOptions{}, true);
  late.feed("  \"a\": 1\n}\n2026-11-27 text\n2026-11-27 more\n");
  end(late);
  EXPECT_THAT(late.frames.all, ElementsAre("  \"a\": 1|joined_late", "}", "2026-11-27 text", "2026-11-27 more"));
}

TEST_F(CarelessJsonTest, ObjectInsideAnother_IsNoRecordBehindAGap) {
  Framing framing{FramingOptions{}};
  framing.feed(kOne + kTwo + "{\"x\":").gap().feed(R"("y","n":{"c":2})").feed("}" + kThree);
  end(framing);
  EXPECT_THAT(framing.frames.all, ElementsAre(kOne, kTwo, "{\"x\":|gap", R"("y","n":{"c":2}}|gap)", kThree));
}

TEST_F(CarelessJsonTest, BracketsOfText_AreText) {
  for (const std::string_view first : {"[main] one", "[1] [2] one", "[\"a\"] one", "[{main}] one", "[] one"}) {
    Framing framing{FramingOptions{}};
    framing.feed(std::string(first) + "\n[main] two\n");
    end(framing);
    EXPECT_THAT(framing.frames.all, ElementsAre(first, "[main] two"));
  }
}

TEST_F(CarelessJsonTest, ValueThatIsCutBehindItsComma_SkipsNothingElse) {
  Framing framing(FramingOptions{}, false, kOne.size());
  framing.feed(kOne + ",").feed(kTwo + "," + kThree);
  end(framing);
  ASSERT_FALSE(framing.frames.all.empty());
  EXPECT_EQ(framing.frames.all.back(), kThree);
}

}  // namespace
}  // namespace logsniffd::framing
