#include "daemon/filter/line_pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace logsniffd::filter {
namespace {

LinePattern pattern(const std::string& expression) {
  Expected<LinePattern> compiled = LinePattern::compile(expression);
  EXPECT_TRUE(compiled.has_value()) << expression;
  return std::move(*compiled);
}

struct PatternCase {
  std::string expression;
  std::string_view line;
  bool starts;
};

TEST(LinePattern, IsFoundAnywhereAsWritten) {
  const PatternCase cases[]{
      {R"(^\d{4}-)", "2023-05-01 10:00:00 INFO ok", true},
      {R"(^\d{4}-)", "\tat a.B.c(2023-)", false},
      {R"(^\d{4}-)", "", false},
      {R"(\d{4}-)", "[2023-05-01", true},
      {"INFO|WARN", "x WARN y", true},
      {"INFO|WARN", "x ERROR y", false},
      {"^$", "", true},
      {"^$", " ", false},
      {"(?i)^error", "Error: x", true},
      {"^\xc3\xa4", "\xc3\xa4 x", true},
      {"^a.c$", std::string_view("a\0c", 3), true},  // NUL is a character
      {"^b", "a\nb", false},                         // ^ is the start of the framed line
      {"x$", "abcx", true},
  };
  for (const PatternCase& c : cases) {
    EXPECT_EQ(pattern(c.expression).starts_record(as_bytes(c.line)), c.starts) << c.expression << " in " << c.line;
  }
}

TEST(LinePattern, InvalidUtf8InTheLine_IsNoError) {
  EXPECT_TRUE(pattern("^\\[").starts_record(as_bytes("[\xff\xfe")));
  EXPECT_FALSE(pattern("^\\d").starts_record(as_bytes("\xff\xfe")));
}

TEST(LinePattern, SurvivesBeingMoved) {
  LinePattern first = pattern("^a");
  const LinePattern second = std::move(first);
  const framing::LineStart& start = second;
  EXPECT_TRUE(start.starts_record(as_bytes("abc")));
  EXPECT_FALSE(start.starts_record(as_bytes("bc")));
}

TEST(LinePattern, BrokenExpression_IsAUsageErrorThatNamesIt) {
  const Expected<LinePattern> compiled = LinePattern::compile("^(\\d{4}");
  ASSERT_FALSE(compiled.has_value());
  EXPECT_EQ(compiled.error().kind(), ErrorKind::usage);
  EXPECT_THAT(compiled.error().message(), testing::HasSubstr("'^(\\d{4}'"));
}

}  // namespace
}  // namespace logsniffd::filter
