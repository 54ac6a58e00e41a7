// Senders that mix LF, NUL and CR, after evidence has decided the delimiter; and what silence means to each framer.
#include "daemon/framing/delimited_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class DelimitedFramerTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }
  [[nodiscard]] std::uint64_t overhead() const { return framing_.context.counters.overhead_bytes.get(); }

  Framing framing_{FramingOptions{}};
};

TEST_F(DelimitedFramerTest, OtherDelimiterInFrontOfAPriority_EndsARecordToo) {
  framing_.feed("<13>app: a\n<13>app: b\0<13>app: c\n<13>app: d\0"sv).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b", "<13>app: c", "<13>app: d"));
  EXPECT_EQ(overhead(), 4U);
  end(framing_);
}

TEST_F(DelimitedFramerTest, OtherDelimiterBetweenObjects_EndsARecordToo) {
  framing_.feed("{\"a\":1}\n{\"a\":2}\0{\"a\":3}\n"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre(R"({"a":1})", R"({"a":2})", R"({"a":3})"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, OtherDelimiterInsideText_StaysInIt) {
  framing_.feed("<13>app: a\n<13>app: b\0c\n<13>app: d\n"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b\0c"sv, "<13>app: d"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, LineFeedInsideAMessageThatNulEnds_StaysInIt) {
  framing_.feed("<13>app: a\0<13>app: b\n\tat c\0<13>app: d\0"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b\n\tat c", "<13>app: d"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, OtherDelimiterAtTheEndOfASegment_WaitsForTheNextOrSilence) {
  framing_.feed("<13>app: a\n<13>app: b\0"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a"));
  EXPECT_TRUE(framing_.framer.waits_for_quiet());
  framing_.quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, Strays_AreOverheadAndNoRecords) {
  framing_.feed("<13>app: a\r\n\0<13>app: b\0\r\n<13>app: c\n\n\0\n"sv).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b", "<13>app: c"));
  EXPECT_EQ(overhead(), 10U);
  end(framing_);
}

TEST_F(DelimitedFramerTest, NulBehindTheFirstLine_ChangesTheirPlaces) {
  framing_.feed("<13>app: a\n").feed("\0<13>app: b\nmore of it\n\0<13>app: c\n\0"sv).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("<13>app: a", "<13>app: b\nmore of it", "<13>app: c"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, NulBehindALaterLine_ChangesNothing) {
  framing_.feed("one\ntwo\n").feed("\0three\0and\nfour\n"sv);
  EXPECT_THAT(framing_.frames.all, ElementsAre("one", "two", "three\0and"sv, "four"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, EmptyLines_AreFrames) {
  framing_.feed("one\n\n\r\ntwo\n");
  EXPECT_THAT(framing_.frames.all, ElementsAre("one", "", "", "two"));
  end(framing_);
}

TEST_F(DelimitedFramerTest, ConfiguredDelimiter_LeavesTheOthersAlone) {
  Framing lines(FramingOptions{.method = Method::lines});
  lines.feed("<13>a\0<13>b\0\n\0<13>c\r\n"sv);
  EXPECT_THAT(lines.frames.all, ElementsAre("<13>a\0<13>b\0"sv, "\0<13>c"sv));
  end(lines);
}

// Half a record stays half a record.
TEST_F(DelimitedFramerTest, Silence_GivesOutNoPartOfARecord) {
  struct Case {
    FramingOptions options;
    std::string_view before;  // a record, and half of the next
    std::string_view behind;
  };
  const std::array cases{
      Case{{}, "one\nha"sv, "lf\n"sv},
      Case{{}, "one text\0another\0ha"sv, "lf\0"sv},
      Case{{}, "{\"a\":1}{\"a\""sv, ":2}"sv},
      Case{{}, "5 <13>a10 <13>"sv, "app: b"sv},
      Case{{.method = Method::lines}, "one\nha"sv, "lf\n"sv},
      Case{{.method = Method::nul}, "one\0ha"sv, "lf\0"sv},
      Case{{.method = Method::octet}, "5 <13>a10 <13>"sv, "app: b"sv},
      Case{{.method = Method::length, .length = {2, std::endian::big}}, "\0\5<13>a\0\12<13>"sv, "app: b"sv},
  };
  for (const Case& c : cases) {
    Framing framing(c.options);
    framing.feed(c.before);
    const std::size_t frames = framing.frames.all.size();
    framing.quiet().quiet();
    EXPECT_EQ(framing.frames.all.size(), frames) << c.before;
    framing.feed(c.behind);
    end(framing);
    ASSERT_EQ(framing.frames.all.size(), c.before.starts_with("one text") ? 3U : 2U) << c.before;
    EXPECT_EQ(framing.frames.all.back().find('|'), std::string::npos) << framing.frames.all.back();
  }
}

TEST_F(DelimitedFramerTest, SilenceInAForeignStream_ChangesNothing) {
  framing_.feed("\x16\x03\x01\x00\x05hello"sv).quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("!tls"));
  EXPECT_FALSE(framing_.framer.waits_for_quiet());
  end(framing_);
}

TEST_F(DelimitedFramerTest, SilenceWhereNothingIsHeld_ChangesNothing) {
  framing_.quiet().feed("one\n").quiet().quiet();
  EXPECT_THAT(framing_.frames.all, ElementsAre("one"));
  end(framing_);
}

}  // namespace
}  // namespace logsniffd::framing
