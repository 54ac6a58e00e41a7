#include "daemon/record/json/json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/record/syslog/structured_data.hpp"
#include "tests/support/moment.hpp"
#include "tests/unit/record/json/json_case.hpp"

namespace logsniffd::record::json {
namespace {

using namespace test;

using Pairs = std::vector<std::pair<std::string, std::string>>;

class JsonTest : public testing::Test {
 protected:
  bool read(std::string_view text) {
    // An exact-size copy, so that a sanitizer sees the first byte after the end.
    text_.assign(text.begin(), text.end());
    text_.shrink_to_fit();
    record_.captured_at = moment(kCapturedAt);
    return reader_.read({text_.data(), text_.size()}, record_, fields_);
  }
  Pairs pairs() const {
    Pairs pairs;
    for (const Field& field : record_.fields) pairs.emplace_back(field.name, field.value);
    return pairs;
  }

  std::vector<char> text_;
  JsonReader reader_;
  LogRecord record_;
  std::vector<Field> fields_;
};

class JsonLoggers : public JsonTest, public testing::WithParamInterface<JsonCase> {};

TEST_P(JsonLoggers, EveryMember) {
  const JsonCase& c = GetParam();
  // Values of an earlier message must not remain.
  ASSERT_TRUE(
      read(R"({"msg":"stale\t","level":"crit","time":1,"host":"s","app":"s","pid":1,"facility":1,"s\t":"s\t"})"));
  record_.msgid = "stale";
  ASSERT_TRUE(read(c.text));
  EXPECT_EQ(record_.severity ? to_string(*record_.severity) : "", c.severity);
  EXPECT_EQ(record_.sent ? to_text(*record_.sent) : "", c.sent);
  EXPECT_EQ(record_.host, c.host);
  EXPECT_EQ(record_.app, c.app);
  EXPECT_EQ(record_.pid, c.pid);
  EXPECT_EQ(record_.msgid, "");
  EXPECT_EQ(record_.message, c.message);
  EXPECT_EQ(pairs(), c.fields);
}

TEST_P(JsonLoggers, EveryTruncation_IsNoJsonAndLeavesTheRecordAsItWas) {
  const std::string& text = GetParam().text;
  const std::size_t end = text.find_last_of('}');
  for (std::size_t size = 0; size <= end; ++size) {
    record_.message = "untouched";
    EXPECT_FALSE(read(std::string_view(text).substr(0, size))) << size;
    EXPECT_EQ(record_.message, "untouched");
  }
}

INSTANTIATE_TEST_SUITE_P(Loggers, JsonLoggers, testing::ValuesIn(logger_cases()),
                         [](const testing::TestParamInfo<JsonCase>& each) { return each.param.name; });

TEST_F(JsonTest, SyslogFacility_IsTheRecords) {
  ASSERT_TRUE(read(R"({"MESSAGE":"m","SYSLOG_FACILITY":"3"})"));
  EXPECT_EQ(record_.facility, 3);
  ASSERT_TRUE(read(R"({"message":"m","facility":"local7"})"));
  EXPECT_EQ(record_.facility, 23);
  ASSERT_TRUE(read(R"({"message":"m","facility":24})"));
  EXPECT_FALSE(record_.facility);
  EXPECT_EQ(pairs(), (Pairs{{"facility", "24"}}));
}

TEST_F(JsonTest, NoJson_LeavesTheRecordAsItWas) {
  for (const std::string_view text : {
           "",
           " ",
           "null",
           "1",
           "\"{}\"",
           "[]",
           "[{}]",
           "{",
           "}",
           "{}{}",
           "{} x",
           "x {}",
           "{},",
           "{}}",
           "{{}}",
           R"({"a":1} {"b":2})",
           R"({"a"})",
           R"({"a":})",
           R"({"a":,})",
           R"({"a":1,})",
           R"({,"a":1})",
           R"({"a" 1})",
           R"({"a":1 "b":2})",
           R"({a:1})",
           R"({'a':1})",
           R"({"a":'b'})",
           R"({"a":"b)",
           R"({"a":"b})",
           R"({"a":b})",
           R"({"a":nul})",
           R"({"a":nulll})",
           R"({"a":tru e})",
           R"({"a":True})",
           R"({"a":01})",
           R"({"a":1.})",
           R"({"a":.5})",
           R"({"a":+1})",
           R"({"a":-})",
           R"({"a":1e})",
           R"({"a":0x10})",
           R"({"a":nan})",
           R"({"a":NaNs})",
           R"({"a":+Infinity})",
           R"({"a":1a})",
           R"({"a":"b"c})",
           R"({"a":"b""c"})",
           R"({"a":"\q"})",
           R"({"a":"\u12g4"})",
           R"({"a":"\u12"})",
           R"({"\q":1})",
           R"({"a":"b\"})",
           R"({"a":[1 2]})",
           R"({"a":[1,]})",
           R"({"a":[,1]})",
           R"({"a":[1}})",
           R"({"a":[1,2})",
           R"({"a":1]})",
           R"({"a":[{"b"}]})",
           R"({"a":[01]})",
           R"({"a":["\q"]})",
           R"({"a":{"b":1})",
           R"({"a":[tru]})",
           R"({"a":"b":1})",
           R"({"a":"b":[]]})",
           R"({"a":"":"{",}})",
           R"({"a":["b":1]})",
           R"({"a":[{"b":"c":1}]})",
           R"({"a":1:2})",
           R"({"a":[{"b":1,}]})",
           "{\"a\":\"\n\"}",
           "{\"a\":\"\x01\"}",
           "{\"a\":\xff}",
           "{\"a\":1\xff}",
           "{\"a\":1\xff,\"b\":2}",
           "{\"a\":true\xff}",
           "{\xff\"a\":1}",
           "{\"a\"\xff:1}",
           "{\"a\":\"\\\xff\"}",
           "{\"a\":\"\\u12\xff"
           "3\"}",
           "{\"a\":\"\xff\n\"}",
           "{\"a\":\"\xff}",
           "\xff{\"a\":1}",
           R"({"a":1}/**/)",
           R"({"a":1/**/})",
           "<14>{\"a\":1}",
           R"(2024-05-10 {"a":1})",
       }) {
    record_ = {};
    record_.message = "untouched";
    record_.host = "untouched";
    EXPECT_FALSE(read(text)) << text;
    EXPECT_EQ(record_.message, "untouched") << text;
    EXPECT_EQ(record_.host, "untouched") << text;
    EXPECT_FALSE(record_.severity || record_.sent || record_.facility) << text;
  }
  EXPECT_FALSE(read(std::string_view("{\"a\":1}\0", 8)));
  EXPECT_TRUE(read(R"({"a":1})"));  // the reader still works
}

std::string nested(int depth, std::string_view open, std::string_view inner, std::string_view close) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  text += inner;
  for (int i = 0; i < depth; ++i) text += close;
  return text;
}

TEST_F(JsonTest, NestingUpToTheBound_IsReadAndNoDeeper) {
  ASSERT_TRUE(read(nested(kMaxJsonDepth, R"({"a":)", "1", "}")));
  ASSERT_EQ(record_.fields.size(), 1U);
  EXPECT_EQ(record_.fields[0].name.size(), 2U * kMaxJsonDepth - 1);
  EXPECT_FALSE(read(nested(kMaxJsonDepth + 1, R"({"a":)", "1", "}")));
  EXPECT_TRUE(read(R"({"a":)" + nested(kMaxJsonDepth - 1, "[", "1", "]") + "}"));
  EXPECT_FALSE(read(R"({"a":)" + nested(kMaxJsonDepth, "[", "1", "]") + "}"));
  EXPECT_FALSE(read(R"({"a":)" + nested(100'000, "[", "", "]") + "}"));
  EXPECT_FALSE(read(nested(100'000, R"({"a":)", "1", "}")));
}

std::string with_members(std::size_t count) {
  std::string text = R"({"msg":"m","level":"info")";
  for (std::size_t i = 0; i < count; ++i) text += fmt::format(R"(,"k{}":"v\t{}")", i, i);
  return text + R"(,"host":"h"})";
}

TEST_F(JsonTest, AsManyFieldsAsThereIsRoomFor_AreAllRead) {
  ASSERT_TRUE(read(with_members(kMaxFields)));
  ASSERT_EQ(record_.fields.size(), kMaxFields);
  EXPECT_EQ(fields_.size(), kMaxFields);
  EXPECT_EQ(record_.message, "m");
  for (std::size_t i = 0; i < kMaxFields; ++i) {
    EXPECT_EQ(record_.fields[i].name, fmt::format("k{}", i));
    EXPECT_EQ(record_.fields[i].value, fmt::format("v\t{}", i));
  }
}

TEST_F(JsonTest, FieldsWithoutRoom_AreSaidAndKeptByTheWholeText) {
  for (const std::size_t count : {kMaxFields + 1, kMaxLeaves - 3, kMaxLeaves + 100}) {
    const std::string text = with_members(count);
    ASSERT_TRUE(read(text));
    EXPECT_EQ(record_.fields.size(), kMaxFields);
    EXPECT_GT(fields_.size(), kMaxFields);
    EXPECT_EQ(record_.message, text);
    EXPECT_EQ(record_.severity, Severity::info);
    EXPECT_EQ(record_.host, count < kMaxLeaves ? "h" : "");
  }
}

TEST_F(JsonTest, NameBeyondItsBound_IsAFieldWithoutRoom) {
  const auto text = [](std::size_t length) {
    return R"({"a":{")" + std::string(length - 2, 'n') + R"(":{"b":1}},"msg":"m","c":2})";
  };
  ASSERT_TRUE(read(text(kMaxJsonName - 2)));
  EXPECT_EQ(record_.fields.size(), 2U);
  EXPECT_EQ(record_.fields[0].name.size(), kMaxJsonName);
  EXPECT_EQ(record_.message, "m");
  for (const std::size_t length : {kMaxJsonName - 1, kMaxJsonName + 1, 10 * kMaxJsonName}) {
    ASSERT_TRUE(read(text(length)));
    EXPECT_EQ(pairs(), (Pairs{{"c", "2"}}));
    EXPECT_GT(fields_.size(), kMaxFields);
    EXPECT_EQ(record_.message, text(length));
  }
}

// Each byte that UTF-8 never contains, in a value and in a name: the byte is kept, and everything else is read.
TEST_F(JsonTest, ByteThatIsNotUtf8_CostsNothingElse) {
  for (int byte = 0x80; byte <= 0xff; ++byte) {
    const std::string bad(1, static_cast<char>(byte));
    ASSERT_TRUE(read("{\"level\":\"warn\",\"a\":\"x" + bad + "\",\"b\":\"\\t" + bad + "\",\"" + bad +
                     "\":1,\"msg\":\"" + bad + "m\"}"))
        << byte;
    EXPECT_EQ(record_.severity, Severity::warning);
    EXPECT_EQ(record_.message, bad + "m");
    EXPECT_EQ(pairs(), (Pairs{{"a", "x" + bad}, {"b", "\t" + bad}, {bad, "1"}}));
  }
}

TEST_F(JsonTest, GoodTextBehindABadOne_IsReadAsEver) {
  for (const std::size_t size : {10U, 10'000U, 5U, 100'000U}) {
    ASSERT_TRUE(read("{\"msg\":\"\xff" + std::string(size, 'x') + "\"}"));
    EXPECT_EQ(record_.message, "\xff" + std::string(size, 'x'));
    ASSERT_TRUE(read(R"({"msg":"good \t"})"));
    EXPECT_EQ(record_.message, "good \t");
  }
}

TEST_F(JsonTest, EverythingEscaped_FillsTheScratchAndNothingMoves) {
  std::string text = "{";
  for (int i = 0; i < 60; ++i)
    text += fmt::format(R"({}"\tk{}":"\"{}\"")", i == 0 ? "" : ",", i, std::string(500, 'v'));
  ASSERT_TRUE(read(text + "}"));
  ASSERT_EQ(record_.fields.size(), 60U);
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(record_.fields[i].name, fmt::format("\tk{}", i));
    EXPECT_EQ(record_.fields[i].value, "\"" + std::string(500, 'v') + "\"");
  }
}

TEST_F(JsonTest, GrowingAndShrinkingTexts_ReuseTheReader) {
  for (const std::size_t size : {10U, 5000U, 100U, 1'000'000U, 3U}) {
    ASSERT_TRUE(read(R"({"msg":")" + std::string(size, 'x') + R"("})"));
    EXPECT_EQ(record_.message, std::string(size, 'x'));
  }
}

}  // namespace
}  // namespace logsniffd::record::json
