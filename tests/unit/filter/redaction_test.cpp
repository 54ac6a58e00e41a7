#include "daemon/filter/redaction.hpp"

#include <gtest/gtest.h>

namespace logsniffd::filter {
namespace {

// What is left of a message.
std::string left_of(std::string_view message, const std::vector<RedactRule>& rules) {
  const auto redaction = Redaction::compile(rules);
  EXPECT_TRUE(redaction.has_value());
  record::LogRecord record;
  record.message = message;
  RedactedText text;
  return std::string(redaction->apply(record, text).message);
}

const RedactRule kPassword{R"((?i)password=\S+)", "password=***"};

TEST(Redaction, EveryMatchIsReplaced) {
  EXPECT_EQ(left_of("login password=one PASSWORD=two end", {kPassword}), "login password=*** password=*** end");
  EXPECT_EQ(left_of("password=", {kPassword}), "password=");
  EXPECT_EQ(left_of("", {kPassword}), "");
}

TEST(Redaction, GroupsAreKept) { EXPECT_EQ(left_of("token: abc", {{"(token: ?)\\S+", "\\1***"}}), "token: ***"); }

TEST(Redaction, WithoutAReplacement_StarsAreWritten) { EXPECT_EQ(left_of("id 4711", {{"[0-9]+"}}), "id ***"); }

TEST(Redaction, RulesApplyOneAfterTheOther) { EXPECT_EQ(left_of("a b", {{"a", "b"}, {"b", "c"}}), "c c"); }

TEST(Redaction, EmptyMatchByContext_LeavesTheText) { EXPECT_EQ(left_of("ab cd", {{"\\b", "*"}}), "*ab* *cd*"); }

// Without the search by bytes, RE2 would end the secret before the byte that is not UTF-8, and the rest would be seen.
TEST(Redaction, SecretThatIsNotUtf8_IsReplacedWhole) {
  EXPECT_EQ(left_of("password=gehe\xe9im rest", {kPassword}), "password=*** rest");
}

TEST(Redaction, MoreMatchesThanAllowed_TheRestIsNotShown) {
  std::string message;
  std::string expected;
  for (int i = 0; i < 1000; ++i) message += "x.";
  for (int i = 0; i < pattern::Replacement::kMaxMatches; ++i) expected += "y.";
  EXPECT_EQ(left_of(message, {{"x", "y"}}), expected + "***");
}

TEST(Redaction, EveryValueOfTheRecord) {
  const auto redaction = Redaction::compile({{"secret", "***"}});
  ASSERT_TRUE(redaction.has_value());
  const std::array<record::Field, 2> fields{{{"secret", "a secret"}, {"open", "nothing"}}};
  record::LogRecord record;
  record.message = record.host = record.app = record.pid = record.msgid = "secret";
  record.fields = fields;
  RedactedText text;
  const record::LogRecord redacted = redaction->apply(record, text);
  for (const std::string_view value : {redacted.message, redacted.host, redacted.app, redacted.pid, redacted.msgid}) {
    EXPECT_EQ(value, "***");
  }
  ASSERT_EQ(redacted.fields.size(), 2U);
  EXPECT_EQ(redacted.fields[0].name, "secret");
  EXPECT_EQ(redacted.fields[0].value, "a ***");
  EXPECT_EQ(redacted.fields[1].value, "nothing");
}

TEST(Redaction, WrongRule_SaysWhy) {
  const auto message = [](const RedactRule& rule) { return Redaction::compile({rule}).error().message(); };
  EXPECT_EQ(message({"x*"}), "'x*' matches the empty text, so it matches everywhere; use one that needs a character");
  EXPECT_EQ(
      message({"x", "\\1"}),
      "'\\1' cannot replace a match; use \\0 for the match, \\1 to \\9 for a group of the expression, and \\\\ for "
      "a backslash");
}

}  // namespace
}  // namespace logsniffd::filter
