#include "daemon/record/syslog/cef.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "daemon/record/syslog/structured_data.hpp"
#include "tests/unit/record/syslog/security_event_case.hpp"

namespace logsniffd::record::syslog {
namespace {

struct Read {
  EventFields result = EventFields::none;
  LogRecord record;
  std::vector<Field> fields;
  std::string unescaped;
};

void read(std::string_view text, Read& into) {
  into.fields.clear();
  into.result = read_cef(text, into.record, into.fields, into.unescaped);
}

class Cef : public testing::TestWithParam<SecurityEventCase> {};

TEST_P(Cef, EveryField) {
  const SecurityEventCase& c = GetParam();
  Read got;
  got.unescaped = "stale";
  read(c.text, got);
  EXPECT_EQ(got.result, c.read);
  EXPECT_EQ(got.record.severity, c.severity);
  EXPECT_EQ(to_pairs(got.fields), c.fields);
}

// Fields exist as soon as the header is complete. A cut makes only fields that begin a field of the whole text.
TEST_P(Cef, EveryTruncation) {
  const SecurityEventCase& c = GetParam();
  for (std::size_t size = 0; size < c.text.size(); ++size) {
    Read got;
    const std::string cut = c.text.substr(0, size);
    read(cut, got);
    if (got.result == EventFields::none) {
      EXPECT_TRUE(got.fields.empty());
      EXPECT_FALSE(got.record.severity.has_value());
      continue;
    }
    ASSERT_GE(got.fields.size(), 6U) << cut;
    ASSERT_LE(got.fields.size(), c.fields.size()) << cut;
    for (std::size_t i = 0; i < got.fields.size(); ++i) {
      EXPECT_EQ(got.fields[i].name, c.fields[i].first) << cut;
      if (i + 1 < got.fields.size()) {
        EXPECT_EQ(got.fields[i].value, c.fields[i].second) << cut;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Senders, Cef, testing::ValuesIn(cef_cases()), case_name);

TEST(CefHeader, BrokenOne_IsNoEvent) {
  for (const std::string_view text :
       {"", "CEF:", "CEF:2|v|p|1|1|n|1|a=b", "cef:0|v|p|1|1|n|1|a=b", " CEF:0|v|p|1|1|n|1|a=b", "CEF:0|v|p|1|1|n",
        "CEF:0|v|p|1|1|n\\|1|a=b", "CEF:0|v|p|1|1|n|", "CEF:0|v|p|1|1|n|1 a=b", "CEF:0|v|p|1|1|n|1\\|"}) {
    Read got;
    got.record.severity = Severity::debug;
    got.fields.push_back({"untouched", ""});
    got.result = read_cef(text, got.record, got.fields, got.unescaped);
    EXPECT_EQ(got.result, EventFields::none) << text;
    EXPECT_EQ(got.fields.size(), 1U) << text;
    EXPECT_EQ(got.record.severity, Severity::debug) << text;
  }
}

TEST(CefSeverity, OfThePri_Stays) {
  Read got;
  got.record.severity = Severity::debug;
  read("CEF:0|v|p|1|1|n|10|", got);
  EXPECT_EQ(got.record.severity, Severity::debug);
}

TEST(CefSeverity, NumbersAndWords_AreArcSightsBands) {
  const std::vector<std::pair<std::string_view, std::optional<Severity>>> cases{
      {"0", Severity::info},         {"3", Severity::info},   {"4", Severity::warning},
      {"6", Severity::warning},      {"7", Severity::err},    {"8", Severity::err},
      {"9", Severity::crit},         {"10", Severity::crit},  {"Low", Severity::info},
      {"MEDIUM", Severity::warning}, {"high", Severity::err}, {"Very-High", Severity::crit},
      {"Unknown", std::nullopt},     {"", std::nullopt},      {"11", std::nullopt},
      {"-1", std::nullopt},          {"05", std::nullopt},    {"5.0", std::nullopt},
      {"Very High", std::nullopt}};
  for (const auto& [text, severity] : cases) EXPECT_EQ(event_severity(text), severity) << text;
}

TEST(CefFields, MoreThanThereIsRoomFor_AreLeftInTheText) {
  std::string text = "CEF:0|v|p|1|1|n|1|";
  for (std::size_t i = 0; i < kMaxFields; ++i) text += fmt::format("k{}=\\={} ", i, i);
  Read got;
  read(text, got);
  EXPECT_EQ(got.result, EventFields::some);
  ASSERT_EQ(got.fields.size(), kMaxFields);
  for (std::size_t i = 6; i < kMaxFields; ++i) {
    EXPECT_EQ(got.fields[i].name, fmt::format("k{}", i - 6));
    EXPECT_EQ(got.fields[i].value, fmt::format("={}", i - 6));
  }
}

TEST(CefFields, AreAppendedToThoseThatAreThere) {
  Read got;
  for (std::size_t i = 0; i + 3 < kMaxFields; ++i) got.fields.push_back({"sd.name", "value"});
  got.result = read_cef("CEF:0|v|p|1|1|n|1|a=b", got.record, got.fields, got.unescaped);
  EXPECT_EQ(got.result, EventFields::some);
  ASSERT_EQ(got.fields.size(), kMaxFields);
  EXPECT_EQ(got.fields[kMaxFields - 4].name, "sd.name");
  EXPECT_EQ(got.fields.back().name, "cef.version");
}

TEST(CefFields, KeyThatIsTooLong_BelongsToTheValue) {
  const std::string longest(kMaxEventKey, 'k');
  Read got;
  const std::string text = "CEF:0|v|p|1|1|n|1|" + longest + "=1 x" + longest + "=2 b=3";
  read(text, got);
  ASSERT_EQ(got.fields.size(), 8U);
  EXPECT_EQ(got.fields[6].name, longest);
  EXPECT_EQ(got.fields[6].value, "1 x" + longest + "=2");
  EXPECT_EQ(got.fields[7].name, "b");
}

TEST(CefFields, WarmedUp_NothingIsAllocated) {
  const std::string text = R"(CEF:0|v\||p|1|1|n|1|a=\=\= b=\\)";
  Read got;
  read(text, got);
  const Field* const fields = got.fields.data();
  const char* const unescaped = got.unescaped.data();
  read(text, got);
  EXPECT_EQ(got.fields.data(), fields);
  EXPECT_EQ(got.unescaped.data(), unescaped);
}

// 4 MiB each: a quadratic reader would take minutes.
TEST(CefFields, HostileExtension_TakesLinearTime) {
  constexpr std::size_t kSize = 4 * 1024 * 1024;
  for (const std::string_view unit : {"=", " ", "k", "\\", "a=", " =", "k =", "\\=", "a= ", ". "}) {
    std::string text = "CEF:0|v|p|1|1|n|1|a=";
    while (text.size() < kSize) text += unit;
    Read got;
    const auto begin = std::chrono::steady_clock::now();
    read(text, got);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << unit;
    EXPECT_NE(got.result, EventFields::none);
  }
}

}  // namespace
}  // namespace logsniffd::record::syslog
