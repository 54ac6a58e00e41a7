// Errors before the first key is understood.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Syntax, DocumentMarkersAroundOneDocument_AreFine) {
  EXPECT_THAT(lines_of("---" + kRest + "\n..."), ElementsAre());
  EXPECT_THAT(lines_of("%YAML 1.2\n---" + kRest + "\n...\n"), ElementsAre());
}

TEST(Syntax, ByteOrderMarkAndCrLf_AreFine) {
  EXPECT_THAT(lines_of("\xEF\xBB\xBF"
                       "filters: [{name: a, to: [b]}]\r\nsinks: {b: {type: stdout}}\r\n"),
              ElementsAre());
}

// Encodes the text as an editor would save it.
std::string encoded(std::string_view text, std::size_t bytes, bool high_first, bool marked) {
  std::string result;
  const auto add = [&](unsigned unit) {
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::size_t shift = 8 * (high_first ? bytes - 1 - i : i);
      result.push_back(static_cast<char>(shift < 16 ? unit >> shift : 0U));
    }
  };
  if (marked) add(0xFEFF);
  for (const char c : text) add(static_cast<unsigned char>(c));
  return result;
}

TEST(Syntax, OtherEncodingThanUtf8_IsRefusedInOneLine) {
  for (const bool high_first : {false, true}) {
    for (const bool marked : {false, true}) {
      EXPECT_THAT(lines_of(encoded(kRest, 2, high_first, marked)),
                  ElementsAre("f.yaml:1:1: the file is encoded in UTF-16; save it as UTF-8"));
      EXPECT_THAT(lines_of(encoded(kRest, 4, high_first, marked)),
                  ElementsAre("f.yaml:1:1: the file is encoded in UTF-32; save it as UTF-8"));
    }
    // Empty except for its byte order mark.
    EXPECT_THAT(lines_of(encoded("", 2, high_first, true)),
                ElementsAre("f.yaml:1:1: the file is encoded in UTF-16; save it as UTF-8"));
  }
}

TEST(Syntax, LineBreakInKey_StaysOneLine) {
  EXPECT_THAT(
      lines_of("\"a\\nb\\x7f\": 1" + kRest),
      ElementsAre("f.yaml:1:1: a\\x0Ab\\x7F: unknown key; use capture, limits, filters, sinks, include or daemon"));
}

TEST(Syntax, LongValue_IsShortenedInTheMessage) {
  EXPECT_THAT(lines_of("capture: {snaplen: " + std::string(1000, 'x') + "}" + kRest),
              ElementsAre("f.yaml:1:20: capture.snaplen: '" + std::string(64, 'x') +
                          "...' is not a valid size; use a size such as 64KiB (units: B, KiB, MiB, GiB)"));
}

TEST(Bounds, TextOver4MiB_IsRefused) {
  const std::string largest = std::string(4 * kMiB - kRest.size(), '#') + kRest;
  EXPECT_TRUE(load(largest).ok());
  EXPECT_THAT(lines_of("#" + largest), ElementsAre("f.yaml:1:1: the file is larger than 4MiB; make it smaller"));
}

TEST(Bounds, NestingOver64Levels_IsRefused) {
  const auto nested = [](std::size_t levels) {
    return "multiline: " + std::string(levels - 1, '[') + std::string(levels - 1, ']') + kRest;
  };
  EXPECT_THAT(lines_of(nested(kMaxNesting)), ElementsAre(HasSubstr("unknown key")));
  EXPECT_THAT(lines_of(nested(kMaxNesting + 1)),
              ElementsAre("f.yaml:1:75: nested more than 64 levels deep; use fewer levels"));
  EXPECT_THAT(lines_of(nested(100'000)), ElementsAre("f.yaml:1:75: nested more than 64 levels deep; use fewer levels"));
}

TEST(Bounds, MoreValuesThanAnybodyNeeds_AreRefused) {
  std::string many = "x: [";
  for (std::size_t i = 0; i < kMaxNodes; ++i) many += "1,";
  EXPECT_THAT(lines_of(many + "]" + kRest),
              ElementsAre(AllOf(StartsWith("f.yaml:1:"), HasSubstr("more than 100000 values"))));
}

TEST(Bounds, MoreProblemsThanAreShown_EndWithAnError) {
  std::string many;
  for (std::size_t i = 0; i < 2 * kMaxProblems; ++i) many += "x" + std::to_string(i) + ": 1\n";
  const LoadResult result = load(many);
  ASSERT_EQ(result.problems.size(), kMaxProblems);
  EXPECT_EQ(result.problems.back().to_string("f.yaml"),
            "f.yaml:200:1: there are more problems than are shown; fix these first");
}

// 31 unused sinks are only warnings, and a file with warnings is valid.
TEST(Bounds, WarningsAlone_AreOk) {
  std::string sinks = kFilters + "\nsinks:\n  out: {type: stdout}\n";
  for (int i = 1; i < 32; ++i) sinks += "  s" + std::to_string(i) + ": {type: stdout}\n";
  const LoadResult result = load(sinks);
  EXPECT_EQ(result.problems.size(), 31U);
  EXPECT_TRUE(result.ok());
}

}  // namespace
}  // namespace logsniffd::config
