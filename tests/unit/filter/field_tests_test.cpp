#include "daemon/filter/field_tests.hpp"

#include <gtest/gtest.h>

#include <array>

namespace logsniffd::filter {
namespace {

// Whether a record passes one test.
bool passes(const record::LogRecord& record, const std::string& field, const std::string& test) {
  const auto tests = FieldTests::compile({{field, test}});
  EXPECT_TRUE(tests.has_value()) << field << ": " << test;
  return tests && tests->hold(record);
}

record::LogRecord with_status(std::string_view status) {
  static std::array<record::Field, 1> fields;
  fields[0] = {"status", status};
  record::LogRecord record;
  record.fields = fields;
  return record;
}

TEST(FieldTests, NoTests_EveryRecordPasses) { EXPECT_TRUE(FieldTests().hold({})); }

TEST(FieldTests, Expression_MatchesTheWholeValue) {
  record::LogRecord record;
  record.host = "web-1";
  EXPECT_TRUE(passes(record, "host", "web.*"));
  EXPECT_TRUE(passes(record, "host", "web-1"));
  EXPECT_FALSE(passes(record, "host", "web"));
  EXPECT_FALSE(passes(record, "host", "eb-1"));
  EXPECT_FALSE(passes(record, "host", "db|we"));
}

TEST(FieldTests, EveryField_IsItsOwn) {
  const std::array<record::Field, 1> fields{{{"request.id", "named"}}};
  record::LogRecord record;
  record.host = "host";
  record.app = "app";
  record.pid = "pid";
  record.msgid = "msgid";
  record.interface = "interface";
  record.severity = record::Severity::err;
  record.fields = fields;
  for (const auto& [field, value] : std::array<std::array<std::string, 2>, 7>{{{"host", "host"},
                                                                               {"app", "app"},
                                                                               {"pid", "pid"},
                                                                               {"msgid", "msgid"},
                                                                               {"interface", "interface"},
                                                                               {"severity", "err"},
                                                                               {"field.request.id", "named"}}}) {
    EXPECT_TRUE(passes(record, field, value)) << field;
    EXPECT_FALSE(passes({}, field, value)) << field;
  }
}

TEST(FieldTests, ValueIsAbsent_NoTestPasses) {
  EXPECT_FALSE(passes({}, "host", ".*"));
  EXPECT_FALSE(passes({}, "severity", ".*"));
  EXPECT_FALSE(passes({}, "field.status", ".*"));
  EXPECT_FALSE(passes({}, "field.status", "<500"));
}

TEST(FieldTests, Comparison_IsOfNumbers) {
  EXPECT_TRUE(passes(with_status("500"), "field.status", ">=500"));
  EXPECT_TRUE(passes(with_status("500"), "field.status", "<= 500"));
  EXPECT_FALSE(passes(with_status("500"), "field.status", ">500"));
  EXPECT_FALSE(passes(with_status("500"), "field.status", "<500"));
  EXPECT_TRUE(passes(with_status("99"), "field.status", "<500"));
  EXPECT_TRUE(passes(with_status("-0.25"), "field.status", ">-1e3"));
  EXPECT_FALSE(passes(with_status("500 ms"), "field.status", ">1"));
  EXPECT_FALSE(passes(with_status("nan"), "field.status", "<1"));
  EXPECT_FALSE(passes(with_status("nan"), "field.status", ">1"));
}

TEST(FieldTests, SeveralValuesOfOneName_OneThatPassesIsEnough) {
  const std::array<record::Field, 2> fields{{{"tag", "a"}, {"tag", "b"}}};
  record::LogRecord record;
  record.fields = fields;
  EXPECT_TRUE(passes(record, "field.tag", "b"));
  EXPECT_FALSE(passes(record, "field.tag", "ab"));
}

TEST(FieldTests, SeveralTests_AllMustPass) {
  const auto tests = FieldTests::compile({{"host", "web"}, {"app", "nginx"}});
  ASSERT_TRUE(tests.has_value());
  record::LogRecord record;
  record.host = "web";
  EXPECT_FALSE(tests->hold(record));
  record.app = "nginx";
  EXPECT_TRUE(tests->hold(record));
}

TEST(FieldTests, WrongTest_NamesTheFieldAndWhatIsWrong) {
  const auto message = [](const FieldTest& test) { return FieldTests::compile({test}).error().message(); };
  EXPECT_EQ(message({"hst", "x"}), "hst: unknown field (did you mean 'host'?)");
  EXPECT_EQ(message({"field.", "x"}),
            "field.: unknown field; use host, app, pid, msgid, severity, interface or field.NAME");
  EXPECT_EQ(message({"host", ">=x"}), "host: '>=x' does not compare with a number; example: '>=500'");
  EXPECT_EQ(message({"host", "("}),
            "host: '(' is not a valid RE2 expression: missing ): (; see https://github.com/google/re2/wiki/Syntax");
}

}  // namespace
}  // namespace logsniffd::filter
