// Senders that change between LF and NUL, early or late: each record ends where the next one is proven.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAreArray;

using Make = std::function<std::string(int)>;

std::string dated(int i) { return "<14>Oct 11 22:14:15 host app: text " + std::to_string(i); }
std::string bare(int i) { return "<14>app: text " + std::to_string(i); }
std::string object(int i) { return "{\"a\":" + std::to_string(i) + "}"; }
std::string iso_line(int i) { return "2026-11-27 12:00:" + std::to_string(10 + i) + " text"; }
std::string bsd_line(int i) { return "Nov 27 12:00:" + std::to_string(10 + i) + " host app: text"; }

struct Sent {
  std::string record;
  std::string trailer;
};

// Feeds each record in a segment of its own, and then all in one.
void expect(const std::vector<Sent>& sent) {
  std::vector<std::string> records;
  for (const Sent& each : sent) records.push_back(each.record);
  for (const bool apart : {true, false}) {
    Framing framing({}, false, 64 * 1024);
    std::string all;
    for (const Sent& each : sent) {
      if (apart) framing.feed(each.record + each.trailer);
      all += each.record + each.trailer;
    }
    if (!apart) framing.feed(all);
    framing.end();
    EXPECT_THAT(framing.frames.all, ElementsAreArray(records)) << (apart ? "apart" : "in one segment");
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }
}

TEST(ChangingDelimiter, Late_TheRecordInWhichItHappensEndsThere) {
  for (const Make& make : {Make(dated), Make(bare), Make(object), Make(iso_line), Make(bsd_line)}) {
    for (const bool nul_first : {false, true}) {
      std::vector<Sent> sent;
      for (int i = 0; i < 32; ++i) sent.push_back({make(i), std::string(1, (i < 12) == nul_first ? '\0' : '\n')});
      expect(sent);
    }
  }
}

TEST(ChangingDelimiter, TrailersOfDatedTextThatChange_AreTrimmed) {
  for (const Make& make : {Make(iso_line), Make(bsd_line)}) {
    std::vector<Sent> sent;
    for (const std::string_view trailer : {"\n"sv, "\n\0"sv, "\0\n"sv, "\r\n"sv, "\0"sv, "\n"sv, "\r\n\0"sv, "\0"sv}) {
      sent.push_back({make(static_cast<int>(sent.size())), std::string(trailer)});
    }
    expect(sent);
    std::rotate(sent.begin(), sent.begin() + 4, sent.end());  // now NUL is first
    expect(sent);
  }
}

TEST(ChangingDelimiter, DatedTextOfSeveralLinesThatNulEnds_IsOneRecordEach) {
  for (const Make& make : {Make(iso_line), Make(bsd_line)}) {
    for (const std::string_view more : {"\n\tat a.b(C.java:1)\n\tat d"sv, "\nsecond line\nthird"sv, "\nsecond"sv}) {
      for (const int which : {0, 1}) {
        std::vector<Sent> sent;
        for (int i = 0; i < 6; ++i)
          sent.push_back({make(i) + (i % 2 == which ? std::string(more) : ""), std::string(1, '\0')});
        expect(sent);
      }
    }
  }
}

TEST(ChangingDelimiter, DatedTextOfSeveralLinesThatLineFeedEnds_IsLines) {
  std::vector<Sent> sent;
  for (int i = 0; i < 6; ++i) {
    sent.push_back({iso_line(i), "\n"});
    sent.push_back({"\tat a.b(C.java:1)", "\n"});
  }
  expect(sent);
}

TEST(ChangingDelimiter, NulInsideALateLine_StaysInItWhereverItIsCut) {
  const std::string line = dated(8) + std::string(" nul \0 inside \0"sv) + "it";
  for (std::size_t at = 1; at < line.size(); ++at) {
    Framing framing({}, false, 1000);
    std::vector<std::string> expected;
    for (int i = 0; i < 8; ++i) {
      expected.push_back(dated(i));
      framing.feed(dated(i) + "\n");
    }
    expected.push_back(line);
    expected.push_back(dated(9));
    framing.feed(line.substr(0, at)).feed(line.substr(at) + "\n" + dated(9) + "\n").end();
    EXPECT_THAT(framing.frames.all, ElementsAreArray(expected)) << at;
  }
}

TEST(ChangingDelimiter, StartsQuotedInALateLine_StayInIt) {
  Framing framing({}, false, 1000);
  std::vector<std::string> expected;
  for (int i = 0; i < 8; ++i) {
    expected.push_back(dated(i));
    framing.feed(dated(i) + "\n");
  }
  expected.push_back(dated(8) + " <13>a }{ " + dated(9) + object(1) + object(2) + " end");
  framing.feed(dated(8) + " <13>a }{ ").feed(dated(9) + object(1)).feed(object(2) + " end\n").end();
  EXPECT_THAT(framing.frames.all, ElementsAreArray(expected));
}

TEST(ChangingDelimiter, BarePrioritiesQuotedInALateMessageThatNulEnds_StayInIt) {
  Framing framing({}, false, 1000);
  std::vector<std::string> expected;
  for (int i = 0; i < 8; ++i) {
    expected.push_back(bare(i));
    framing.feed(bare(i) + '\0');
  }
  expected.push_back(bare(8) + "\n<13>a\n<13>b\n<13>c");
  expected.push_back(bare(9));
  framing.feed(bare(8) + "\n<13>a\n<13>b\n").feed("<13>c" + std::string(1, '\0')).feed(bare(9) + '\0').end();
  EXPECT_THAT(framing.frames.all, ElementsAreArray(expected));
}

// Skipping a record that is too long ends at the next header.
TEST(ChangingDelimiter, InsideARecordThatIsCut_EndsTheSkipping) {
  for (const bool nul_first : {false, true}) {
    const std::string first(1, nul_first ? '\0' : '\n');
    const std::string second(1, nul_first ? '\n' : '\0');
    Framing framing({}, false, 200);
    for (int i = 0; i < 8; ++i) framing.feed(dated(i) + first);
    framing.feed(dated(8) + std::string(300, 'x')).feed(std::string(300, 'y') + second);
    for (int i = 10; i < 14; ++i) framing.feed(dated(i) + second);
    framing.end();
    ASSERT_EQ(framing.frames.all.size(), 13U);
    EXPECT_EQ(framing.frames.all[8], (dated(8) + std::string(300, 'x')).substr(0, 200) + "|truncated");
    for (int i = 10; i < 14; ++i) EXPECT_EQ(framing.frames.all[static_cast<std::size_t>(i - 1)], dated(i));
    EXPECT_EQ(framing.accounted(), framing.given);
  }
}

}  // namespace
}  // namespace logsniffd::framing
