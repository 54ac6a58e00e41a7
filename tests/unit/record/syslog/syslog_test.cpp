#include "daemon/record/syslog/syslog.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/record/syslog/structured_data.hpp"
#include "tests/support/moment.hpp"
#include "tests/unit/record/syslog/syslog_case.hpp"

namespace logsniffd::record::syslog {
namespace {

using namespace test;

struct Parsed {
  bool ok = false;
  LogRecord record;
  std::vector<Field> fields;
  std::string unescaped;
};

// Parses in place, because the record points into `parsed`.
void parse(std::string_view wire, Parsed& parsed, std::string_view captured_at = kCapturedAt) {
  parsed.record.captured_at = moment(captured_at);
  parsed.ok = parse_syslog(wire, parsed.record, parsed.fields, parsed.unescaped);
}

class Syslog : public testing::TestWithParam<SyslogCase> {};

TEST_P(Syslog, EveryMember) {
  const SyslogCase& c = GetParam();
  Parsed parsed;
  // Values of an earlier message must not remain.
  parse("<0>1 2000-01-01T00:00:00Z stale stale stale stale [stale stale=\"st\\\"ale\"] stale", parsed);
  parse(c.wire, parsed);
  ASSERT_TRUE(parsed.ok);
  const LogRecord& record = parsed.record;
  ASSERT_TRUE(record.facility.has_value());
  ASSERT_TRUE(record.severity.has_value());
  EXPECT_EQ(int{*record.facility}, c.facility);
  EXPECT_EQ(static_cast<int>(*record.severity), c.severity);
  EXPECT_EQ(record.sent ? to_text(*record.sent) : "", c.sent);
  EXPECT_EQ(record.host, c.host);
  EXPECT_EQ(record.app, c.app);
  EXPECT_EQ(record.pid, c.pid);
  EXPECT_EQ(record.msgid, c.msgid);
  EXPECT_EQ(record.message, c.message);
  std::vector<std::pair<std::string, std::string>> fields;
  for (const Field& field : record.fields) fields.emplace_back(field.name, field.value);
  EXPECT_EQ(fields, c.fields);
}

std::string case_name(const testing::TestParamInfo<SyslogCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Rfc5424, Syslog, testing::ValuesIn(rfc5424_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Rfc3164, Syslog, testing::ValuesIn(rfc3164_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Rfc3164Words, Syslog, testing::ValuesIn(rfc3164_word_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Cisco, Syslog, testing::ValuesIn(cisco_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Host, Syslog, testing::ValuesIn(host_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Mnemonic, Syslog, testing::ValuesIn(mnemonic_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Dialect, Syslog, testing::ValuesIn(dialect_cases()), case_name);

TEST(SyslogPri, NoValidPri_LeavesTheRecordAsItWas) {
  for (const std::string_view wire :
       {"",       "<",    "<>",    "<1",   "<14",  "<14x", "x<14>", "<a>", "<192>",      "<999>",
        "<1000>", "<00>", "<013>", "<-1>", "<+1>", "< 1>", "<1 >",  "14>", "plain text", "{\"a\": 1}"}) {
    Parsed parsed;
    parsed.record.host = "untouched";
    parsed.record.message = "untouched";
    parse(wire, parsed);
    EXPECT_FALSE(parsed.ok) << wire;
    EXPECT_EQ(parsed.record.host, "untouched") << wire;
    EXPECT_EQ(parsed.record.message, "untouched") << wire;
    EXPECT_FALSE(parsed.record.severity.has_value()) << wire;
  }
}

TEST(SyslogPri, EveryValue_IsFacilityAndSeverity) {
  for (int pri = 0; pri <= 191; ++pri) {
    Parsed parsed;
    parse(fmt::format("<{}>x", pri), parsed);
    ASSERT_TRUE(parsed.ok) << pri;
    EXPECT_EQ(int{*parsed.record.facility} * 8 + static_cast<int>(*parsed.record.severity), pri);
  }
}

std::string with_elements(int elements, int parameters_each) {
  std::string wire = "<14>1 - - - - - ";
  for (int e = 0; e < elements; ++e) {
    wire += fmt::format("[e{}", e);
    for (int p = 0; p < parameters_each; ++p) wire += fmt::format(" p{}=\"\\\\{}\"", p, e * 1000 + p);
    wire += ']';
  }
  return wire + " message";
}

TEST(SyslogFields, AsManyAsThereIsRoomFor_AreAllRead) {
  Parsed parsed;
  const std::string wire = with_elements(4, 16);
  parse(wire, parsed);
  ASSERT_EQ(parsed.record.fields.size(), kMaxFields);
  EXPECT_EQ(parsed.fields.size(), kMaxFields);
  EXPECT_EQ(parsed.record.fields[0].name, "e0.p0");
  EXPECT_EQ(parsed.record.fields[0].value, "\\0");
  EXPECT_EQ(parsed.record.fields[63].name, "e3.p15");
  EXPECT_EQ(parsed.record.fields[63].value, "\\3015");
  EXPECT_EQ(parsed.record.message, "message");
}

TEST(SyslogFields, ElementWithoutRoom_StaysInTheMessage) {
  Parsed parsed;
  const std::string wire = with_elements(3, 30);
  parse(wire, parsed);
  EXPECT_EQ(parsed.record.fields.size(), 60U);
  EXPECT_GT(parsed.fields.size(), kMaxFields);
  EXPECT_EQ(parsed.record.message, std::string_view(wire).substr(wire.find("[e2")));
}

TEST(SyslogFields, ElementWithoutParametersAndRoom_StaysInTheMessage) {
  Parsed parsed;
  const std::string wire = with_elements(static_cast<int>(kMaxFields) + 1, 0);
  parse(wire, parsed);
  EXPECT_EQ(parsed.record.fields.size(), kMaxFields);
  EXPECT_GT(parsed.fields.size(), kMaxFields);
  EXPECT_EQ(parsed.record.message, "[e64] message");
}

// The whole arena is needed only if every value is escaped and every name has the maximum length.
TEST(SyslogFields, ArenaIsFull_NothingMoved) {
  std::string wire = "<14>1 - - - - - [" + std::string(kMaxSdName, 'i');
  for (std::size_t i = 0; i < kMaxFields; ++i) wire += fmt::format(" {:n>64}=\"{}\\\\\"", i, std::string(100, 'v'));
  wire += "]";
  Parsed parsed;
  parse(wire, parsed);
  ASSERT_EQ(parsed.record.fields.size(), kMaxFields);
  for (std::size_t i = 0; i < kMaxFields; ++i) {
    EXPECT_EQ(parsed.record.fields[i].name, fmt::format("{}.{:n>64}", std::string(kMaxSdName, 'i'), i));
    EXPECT_EQ(parsed.record.fields[i].value, std::string(100, 'v') + "\\");
    EXPECT_GE(parsed.record.fields[i].name.data(), parsed.unescaped.data());
    EXPECT_LE(parsed.record.fields[i].name.data(), parsed.unescaped.data() + parsed.unescaped.size());
  }
}

TEST(SyslogFields, WarmedUp_NothingIsAllocated) {
  Parsed parsed;
  const std::string wire = with_elements(4, 16);
  parse(wire, parsed);
  const Field* const fields = parsed.fields.data();
  const char* const unescaped = parsed.unescaped.data();
  parse(wire, parsed);
  EXPECT_EQ(parsed.fields.data(), fields);
  EXPECT_EQ(parsed.unescaped.data(), unescaped);
}

}  // namespace
}  // namespace logsniffd::record::syslog
