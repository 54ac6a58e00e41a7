// What Method::automatic decides, and on which evidence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr FramingOptions kAutomatic{};

struct Case {
  const char* name;
  std::string_view stream;
  Evidence evidence;
  std::vector<std::string> frames;  // at the end
};

class EvidenceTest : public testing::TestWithParam<Case> {};

TEST_P(EvidenceTest, IsFoundWhole_AndByteByByte) {
  Framing whole(kAutomatic);
  whole.feed(GetParam().stream).end();
  EXPECT_EQ(whole.frames.all, GetParam().frames);
  EXPECT_EQ(whole.decided(GetParam().evidence), 1U);

  Framing bytes(kAutomatic);
  for (const char c : GetParam().stream) bytes.feed({&c, 1});
  bytes.end();
  EXPECT_EQ(bytes.frames.all, GetParam().frames);
  EXPECT_EQ(bytes.decided(GetParam().evidence), 1U);
}

const Case kCases[] = {
    {"Counted", "7 <13>abc7 <13>def"sv, Evidence::count, {"<13>abc", "<13>def"}},
    {"Priority", "<13>abc\n<13>def\r\n"sv, Evidence::priority, {"<13>abc", "<13>def"}},
    {"PriorityAndNul", "<13>a\0<13>b\nc\0"sv, Evidence::priority, {"<13>a", "<13>b\nc"}},
    {"Lines", "one\ntwo\r\n"sv, Evidence::line_feed, {"one", "two"}},
    {"EmptyLinesFirst", "\n\none\n"sv, Evidence::line_feed, {"", "", "one"}},
    {"XmlIsNoPriority", "<log>\n<1234>\n"sv, Evidence::line_feed, {"<log>", "<1234>"}},
    {"PriorityAbove191", "<192>a\n"sv, Evidence::line_feed, {"<192>a"}},
    {"NumberedLines", "12 apples\n13 <pears>\n"sv, Evidence::line_feed, {"12 apples", "13 <pears>"}},
    {"Nul", "one\0two\nlines\0"sv, Evidence::nul, {"one", "two\nlines"}},
    {"ShortNul", "hi\0yo\0"sv, Evidence::nul, {"hi", "yo"}},
    {"Gelf",
     "{\"version\":\"1.1\"}\0{\"version\":\"1.1\"}\0"sv,
     Evidence::nul,
     {"{\"version\":\"1.1\"}", "{\"version\":\"1.1\"}"}},
    {"NulThenText", "\0hello there, world\0again\0"sv, Evidence::nul, {"", "hello there, world", "again"}},
    {"Latin1", "Gr\366\337e \376\377\n\351t\351\n"sv, Evidence::line_feed, {"Gr\366\337e \376\377", "\351t\351"}},
    {"ShiftJis", "\x83\x8d\x83\x4f \x82\xb1\n"sv, Evidence::line_feed, {"\x83\x8d\x83\x4f \x82\xb1"}},
    {"Colours", "\x1b[31mred\x1b[0m\n"sv, Evidence::line_feed, {"\x1b[31mred\x1b[0m"}},
    {"Pickle", "\0\0\0\x0a}q\0(X\1\0\0au"sv, Evidence::length_4_big, {std::string("}q\0(X\1\0\0au"sv)}},
    {"PickleProtocol4", "\0\0\0\x05\200\4\225ab"sv, Evidence::length_4_big, {"\200\4\225ab"}},
    {"FourBigText", "\0\0\0\5first\0\0\0\6second"sv, Evidence::length_4_big, {"first", "second"}},
    {"FourLittleJson", "\7\0\0\0{\"a\":1}\7\0\0\0{\"a\":2}"sv, Evidence::length_4_little, {"{\"a\":1}", "{\"a\":2}"}},
    {"TwoBig", "\0\7{\"a\":1}\0\7{\"a\":2}"sv, Evidence::length_2_big, {"{\"a\":1}", "{\"a\":2}"}},
    {"TwoLittle", "\7\0{\"a\":1}\7\0{\"a\":2}"sv, Evidence::length_2_little, {"{\"a\":1}", "{\"a\":2}"}},
    {"TwoBigAlone", "\0\7{\"a\":1}"sv, Evidence::length_2_big, {"{\"a\":1}"}},
};
INSTANTIATE_TEST_SUITE_P(All, EvidenceTest, testing::ValuesIn(kCases),
                         [](const auto& with) { return std::string(with.param.name); });

TEST(Evidence, EachHasAName) {
  for (const std::string_view name : kEvidenceNames) EXPECT_FALSE(name.empty());
  EXPECT_EQ(kEvidenceNames[static_cast<std::size_t>(Evidence::no_delimiter)],
            "lines: no delimiter within limits.record");
}

TEST(Evidence, NoDelimiterWithinTheRecordLimit_IsCutAndTheFirstThatComesEndsIt) {
  Framing framing(kAutomatic, false, 10);
  framing.feed(std::string(30, 'x')).feed("yy\0next\nline\0"sv).end();
  EXPECT_THAT(framing.frames.all, ElementsAre(std::string(10, 'x') + "|truncated", "next\nline"));
  EXPECT_EQ(framing.decided(Evidence::no_delimiter), 1U);
}

TEST(Foreign, Tls_IsReportedOnceAndGivesNothing) {
  Framing framing(kAutomatic);
  framing.feed("\x16"sv).feed("\x03"sv);
  EXPECT_THAT(framing.frames.all, IsEmpty());
  framing.feed("\x01\2\0\1\0\1\xfc\3\3\n\n\n"sv).feed("more\n").gap().feed("<13>abc\n").end();
  EXPECT_THAT(framing.frames.all, ElementsAre("!tls"));
  EXPECT_EQ(framing.context.counters.foreign_bytes.get(), framing.given);
  EXPECT_EQ(framing.context.counters.foreign[static_cast<std::size_t>(Foreign::tls)].get(), 1U);
}

TEST(Foreign, TlsJoinedLate_IsTls) {
  Framing framing(kAutomatic, true);
  framing.feed("\x17\3\3\0\x40\n\0\n"sv);
  EXPECT_THAT(framing.frames.all, ElementsAre("!tls"));
}

TEST(Foreign, JavaSerialization_IsReported) {
  Framing framing(kAutomatic);
  framing.feed("\xac\xed\0\5sr\0\x21org.apache.log4j.spi.LoggingEvent"sv);
  EXPECT_THAT(framing.frames.all, ElementsAre("!java_serialization"));
}

TEST(Foreign, OtherBinary_IsReportedNotBeforeItIsSure) {
  std::string bytes;
  std::mt19937 random(7);
  while (bytes.size() < kBinaryWindow) bytes += static_cast<char>(random() % 256);
  bytes[0] = '\1';
  Framing framing(kAutomatic);
  framing.feed(bytes.substr(0, kBinaryWindow - 1));
  EXPECT_THAT(framing.frames.all, IsEmpty());
  framing.feed(bytes.substr(kBinaryWindow - 1)).feed(bytes);
  EXPECT_THAT(framing.frames.all, ElementsAre("!binary"));
}

TEST(Foreign, BinaryThatEndsEarly_IsJudgedAtItsEnd) {
  Framing framing(kAutomatic);
  framing.feed("\1\2\3\0\0\x05\0\x0a\0\1"sv);
  EXPECT_THAT(framing.frames.all, IsEmpty());
  framing.end();
  EXPECT_THAT(framing.frames.all, ElementsAre("!binary"));
}

TEST(Foreign, TextWithSomeControls_IsText) {
  Framing framing(kAutomatic);
  framing
      .feed(
          "bell \a and backspace \b and a long text behind it, so that they are few among many, "
          "and then some more of it\nnext\n")
      .end();
  EXPECT_EQ(framing.frames.all.size(), 2U);
}

TEST(Foreign, Utf16_IsNoBinary) {
  std::string utf16;
  for (const char c : std::string("log line number one\nlog line number two\nlog line number three\nand four\n")) {
    utf16 += c;
    utf16 += '\0';
  }
  Framing framing(kAutomatic);
  framing.feed(utf16).end();
  EXPECT_EQ(framing.decided(Evidence::line_feed), 1U);
}

TEST(Foreign, ConfiguredMethods_RefuseNothing) {
  for (const Method method : {Method::lines, Method::nul, Method::octet}) {
    Framing framing({.method = method});
    framing.feed("\x16\3\1\2\0\n\0"sv).end();
    EXPECT_FALSE(framing.frames.all.empty());
    EXPECT_EQ(framing.context.counters.foreign_bytes.get(), 0U);
  }
}

}  // namespace
}  // namespace logsniffd::framing
