#include "daemon/record/json/gelf.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/record/syslog/structured_data.hpp"
#include "tests/support/compressed.hpp"
#include "tests/support/moment.hpp"

namespace logsniffd::record::json {
namespace {

using namespace test;

using test::compressed;
using test::Compression;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// The example in Graylog's documentation.
constexpr std::string_view kExample = R"({
  "version": "1.1",
  "host": "example.org",
  "short_message": "A short message that helps you identify what is going on",
  "full_message": "Backtrace here\n\nmore stuff",
  "timestamp": 1385053862.3072,
  "level": 1,
  "_user_id": 9001,
  "_some_info": "foo",
  "_some_env_var": "bar"
})";
// A message of Docker's gelf driver.
constexpr std::string_view kDocker =
    R"({"version":"1.1","host":"docker1","short_message":"GET / 200","timestamp":1715356800.123,"level":6,)"
    R"("_command":"nginx -g daemon off;","_container_id":"a1b2","_container_name":"web","_tag":"a1b2"})";

constexpr std::size_t kShown = 1024 * 1024;

class GelfTest : public testing::Test {
 protected:
  GelfVerdict read(Bytes payload) {
    exact_.assign(payload.begin(), payload.end());
    exact_.shrink_to_fit();
    record_.captured_at = moment(kCapturedAt);
    return reader_.read(exact_, {kShown, kShown}, record_, fields_);
  }
  GelfVerdict read(std::string_view text) { return read(as_bytes(text)); }
  Pairs pairs() const {
    Pairs pairs;
    for (const Field& field : record_.fields) pairs.emplace_back(field.name, field.value);
    return pairs;
  }
  void expect_example() {
    EXPECT_EQ(record_.host, "example.org");
    EXPECT_EQ(record_.message, "A short message that helps you identify what is going on");
    ASSERT_TRUE(record_.sent);
    EXPECT_EQ(to_text(*record_.sent), "2013-11-21 17:11:02.3072");
    EXPECT_EQ(record_.severity, Severity::alert);
    EXPECT_EQ(pairs(), (Pairs{{"full_message", "Backtrace here\n\nmore stuff"},
                              {"user_id", "9001"},
                              {"some_info", "foo"},
                              {"some_env_var", "bar"}}));
  }

  std::vector<std::uint8_t> exact_;  // an exact-size copy: a sanitizer sees the first byte after the end
  GelfReader reader_;
  LogRecord record_;
  std::vector<Field> fields_;
};

TEST_F(GelfTest, ExampleOfTheFormat_PlainGzipAndZlib) {
  ASSERT_EQ(read(kExample), GelfVerdict::message);
  expect_example();
  for (const Compression as : {Compression::gzip, Compression::zlib}) {
    for (const int level : {0, 1, 6, 9}) {
      record_ = {};
      ASSERT_EQ(read(compressed(kExample, as, level)), GelfVerdict::message);
      expect_example();
    }
  }
}

TEST_F(GelfTest, Docker) {
  ASSERT_EQ(read(kDocker), GelfVerdict::message);
  EXPECT_EQ(record_.host, "docker1");
  EXPECT_EQ(record_.app, "web");
  EXPECT_EQ(record_.message, "GET / 200");
  EXPECT_EQ(record_.severity, Severity::info);
  EXPECT_EQ(pairs(), (Pairs{{"command", "nginx -g daemon off;"}, {"container_id", "a1b2"}, {"tag", "a1b2"}}));
}

TEST_F(GelfTest, WhatAnEarlierMessageLeftBehind_DoesNotShow) {
  ASSERT_EQ(read(kExample), GelfVerdict::message);
  record_.facility = 3;
  record_.msgid = record_.app = record_.pid = "stale";
  ASSERT_EQ(read(R"({"short_message":"m"})"), GelfVerdict::message);
  EXPECT_FALSE(record_.severity || record_.sent || record_.facility);
  EXPECT_EQ(record_.host, "");
  EXPECT_EQ(record_.app, "");
  EXPECT_EQ(record_.pid, "");
  EXPECT_EQ(record_.msgid, "");
  EXPECT_TRUE(record_.fields.empty());
}

TEST_F(GelfTest, FullMessageThatContinuesTheShortOne_IsTheMessage) {
  ASSERT_EQ(read(R"({"short_message":"boom","full_message":"boom\njava.lang.X\n\tat y\n"})"), GelfVerdict::message);
  EXPECT_EQ(record_.message, "boom\njava.lang.X\n\tat y");
  EXPECT_EQ(pairs(), Pairs{});
  ASSERT_EQ(read(R"({"full_message":"boom","short_message":"boom"})"), GelfVerdict::message);
  EXPECT_EQ(record_.message, "boom");
  EXPECT_EQ(pairs(), Pairs{});
  ASSERT_EQ(read(R"({"short_message":"boom!","full_message":"boom"})"), GelfVerdict::message);
  EXPECT_EQ(record_.message, "boom!");
  EXPECT_EQ(pairs(), (Pairs{{"full_message", "boom"}}));
}

TEST_F(GelfTest, Facility_IsTheAppWhereThereIsNoBetter) {
  ASSERT_EQ(read(R"({"short_message":"m","facility":"gelf-rb","line":12,"file":"a.rb","_logger":"l","_pid":7})"),
            GelfVerdict::message);
  EXPECT_EQ(record_.app, "gelf-rb");
  EXPECT_EQ(record_.pid, "7");
  EXPECT_FALSE(record_.facility);
  EXPECT_EQ(pairs(), (Pairs{{"line", "12"}, {"file", "a.rb"}, {"logger", "l"}}));
  ASSERT_EQ(read(R"({"short_message":"m","facility":"gelf-rb","_application_name":"shop"})"), GelfVerdict::message);
  EXPECT_EQ(record_.app, "shop");
  EXPECT_EQ(pairs(), (Pairs{{"facility", "gelf-rb"}}));
}

TEST_F(GelfTest, OddMembers_StayFields) {
  ASSERT_EQ(read(R"({"version":"2.0","short_message":"m","level":99,"timestamp":"now","host":1,"_":"a","__b":"c",)"
                 R"("d":"no underscore","_e":{"f":[1]},"message":"x"})"),
            GelfVerdict::message);
  EXPECT_EQ(pairs(), (Pairs{{"version", "2.0"},
                            {"level", "99"},
                            {"timestamp", "now"},
                            {"host", "1"},
                            {"_", "a"},
                            {"_b", "c"},
                            {"d", "no underscore"},
                            {"e.f", "[1]"},
                            {"message", "x"}}));
}

TEST_F(GelfTest, MessageInPlaceOfShortMessage_IsTaken) {
  ASSERT_EQ(read(R"({"version":"1.0","host":"h","message":"m"})"), GelfVerdict::message);
  EXPECT_EQ(record_.message, "m");
  EXPECT_EQ(pairs(), Pairs{});
}

TEST_F(GelfTest, NulBehindIt_IsTransport) {
  EXPECT_EQ(read(std::string_view("{\"short_message\":\"m\"}\0", 22)), GelfVerdict::message);
}

TEST_F(GelfTest, FieldsWithoutRoom_AreSaidAndKeptByTheWholeText) {
  std::string text = R"({"short_message":"m")";
  for (std::size_t i = 0; i <= kMaxFields; ++i) text += fmt::format(R"(,"_k{}":{})", i, i);
  text += '}';
  ASSERT_EQ(read(compressed(text, Compression::zlib)), GelfVerdict::message);
  EXPECT_EQ(record_.message, text);
  EXPECT_EQ(record_.fields.size(), kMaxFields);
  EXPECT_GT(fields_.size(), kMaxFields);
}

// Docker sends "" for an empty line (moby#40232).
TEST_F(GelfTest, WithoutShortMessage_TheFullOneOrTheTextIsTheMessage) {
  const auto message_of = [this](std::string_view text, bool compress) {
    record_ = {};
    EXPECT_EQ(compress ? read(compressed(text, Compression::gzip)) : read(text), GelfVerdict::message) << text;
    return std::string(record_.message);
  };
  for (const bool compress : {false, true}) {
    for (const std::string_view text :
         {"{}", R"({"host":"h"})", R"({"host":"h","short_message":""})", R"({"short_message":"\r\n","level":3})",
          R"({"short_message":null,"_a":1})", R"({"short_message":["m"]})", R"({"short_message":"","full_message":""})",
          R"({"short_message":"","full_message":"\n"})", R"({"short_message":"","full_message":7})"}) {
      EXPECT_EQ(message_of(text, compress), text);
    }
    EXPECT_EQ(message_of(R"({"full_message":"all of it\n"})", compress), "all of it");
    EXPECT_EQ(message_of(R"({"short_message":"","full_message":"all of it"})", compress), "all of it");
    EXPECT_EQ(message_of(R"({"short_message":" \t","full_message":"all of it"})", compress), "all of it");
    EXPECT_EQ(message_of(R"({"short_message":"\n","full_message":"all of it"})", compress), "all of it");
    EXPECT_EQ(message_of(R"({"short_message":"","message":"other"})", compress), "other");
    EXPECT_EQ(message_of(R"({"short_message":"\t"})", compress), "\t");
  }
}

TEST_F(GelfTest, WithoutShortMessage_AllElseIsRead) {
  ASSERT_EQ(read(R"({"version":"1.1","host":"docker1","short_message":"","timestamp":1715356800.123,"level":3,)"
                 R"("_container_name":"web","_command":"nginx"})"),
            GelfVerdict::message);
  EXPECT_EQ(record_.host, "docker1");
  EXPECT_EQ(record_.app, "web");
  EXPECT_EQ(record_.severity, Severity::err);
  ASSERT_TRUE(record_.sent);
  EXPECT_EQ(to_text(*record_.sent), "2024-05-10 16:00:00.123");
  EXPECT_EQ(pairs(), (Pairs{{"short_message", ""}, {"command", "nginx"}}));
}

TEST_F(GelfTest, CompressedTextThatIsNoObject_IsTheMessage) {
  for (const std::string_view text : {"text", "[]", R"({"short_message":)", R"({"short_message":"m"}x)", "<13>a: b"}) {
    record_.host = record_.app = "stale";
    EXPECT_EQ(read(compressed(text, Compression::zlib)), GelfVerdict::inflated_text) << text;
    EXPECT_EQ(record_.message, text);
    EXPECT_EQ(record_.host, "");
    EXPECT_EQ(record_.app, "");
    EXPECT_TRUE(record_.fields.empty() && fields_.empty());
  }
  EXPECT_EQ(read(compressed("line\r\n", Compression::gzip)), GelfVerdict::inflated_text);
  EXPECT_EQ(record_.message, "line");
}

TEST_F(GelfTest, CompressedTwice_IsRefused) {
  record_.message = "untouched";
  EXPECT_EQ(read(compressed(as_text(compressed(kExample, Compression::gzip)), Compression::gzip)),
            GelfVerdict::corrupt);
  EXPECT_EQ(record_.message, "untouched");
}

TEST_F(GelfTest, NoGelf_LeavesTheRecordAsItWas) {
  record_.message = "untouched";
  for (const std::string_view text : {"", "text", "[]", R"({"short_message":)", R"({"short_message":"m"}x)", "x^2"}) {
    EXPECT_EQ(read(text), GelfVerdict::not_gelf) << text;
    EXPECT_EQ(record_.message, "untouched");
  }
}

TEST_F(GelfTest, MoreThanIsShown_IsReadAsFarAsItGoes) {
  const std::string text = R"({"host":"h","_n":123456,"short_message":")" + std::string(500, 'm') + R"(","level":3})";
  const auto payload = compressed(text, Compression::zlib);
  const auto read_to = [&](std::size_t shown) { return reader_.read(payload, {shown, kShown}, record_, fields_); };
  ASSERT_EQ(read_to(text.size()), GelfVerdict::message);
  EXPECT_FALSE(reader_.cut());
  EXPECT_EQ(record_.severity, Severity::err);
  ASSERT_EQ(read_to(text.size() - 1), GelfVerdict::message);  // without the brace, a number at the end could be longer
  EXPECT_TRUE(reader_.cut());
  EXPECT_EQ(record_.message, std::string(500, 'm'));
  EXPECT_EQ(record_.host, "h");
  EXPECT_FALSE(record_.severity);
  ASSERT_EQ(read_to(300), GelfVerdict::message);
  EXPECT_EQ(record_.message, std::string(300 - text.find("mm"), 'm'));
  EXPECT_EQ(pairs(), (Pairs{{"n", "123456"}}));
  // Too short for a whole message: the message is a part of the text.
  ASSERT_EQ(read_to(60), GelfVerdict::message);
  EXPECT_EQ(record_.message, text.substr(0, 60));
  EXPECT_EQ(record_.host, "h");
  ASSERT_EQ(read_to(5), GelfVerdict::inflated_text);
  EXPECT_EQ(record_.message, text.substr(0, 5));
}

TEST_F(GelfTest, MoreThanTheBudget_IsNotRead) {
  record_.message = "untouched";
  const auto bomb = compressed(std::string(kShown + 1, ' '), Compression::gzip);
  EXPECT_EQ(reader_.read(bomb, {kShown, 100}, record_, fields_), GelfVerdict::over_budget);
  EXPECT_LE(reader_.inflated_bytes(), 101U);
  EXPECT_EQ(record_.message, "untouched");
  EXPECT_EQ(reader_.read(as_bytes(kDocker), {10, 0}, record_, fields_), GelfVerdict::message);  // nothing is inflated
  EXPECT_EQ(reader_.inflated_bytes(), 0U);
}

TEST_F(GelfTest, NoBudgetAtAll_NotEvenAByteIsInflated) {
  const auto payload = compressed(kDocker, Compression::gzip);
  EXPECT_EQ(reader_.read(payload, {kShown, 0}, record_, fields_), GelfVerdict::over_budget);
  EXPECT_EQ(reader_.inflated_bytes(), 0U);
  EXPECT_EQ(reader_.units(), 0U);
}

TEST_F(GelfTest, EveryMark_TakesItsUnits) {
  const auto units = [this](const std::string& text) {
    EXPECT_EQ(read(compressed(text, Compression::zlib)), GelfVerdict::inflated_text);
    return reader_.units();
  };
  for (std::size_t size = 1; size < 200; ++size) {
    ASSERT_EQ(units(std::string(size, 'x')), 3 * size);
    for (const char mark : {',', '[', '{', '\\'}) ASSERT_EQ(units(std::string(size, mark)), (16 + 2) * size) << mark;
  }
}

TEST_F(GelfTest, TextThatIsDamagedOrCut_TakesAsMuchAsAllOfIt) {
  auto payload = compressed(std::string(500, 'x'), Compression::zlib);
  ASSERT_EQ(reader_.read(payload, {100, kShown}, record_, fields_), GelfVerdict::inflated_text);
  EXPECT_EQ(reader_.units(), 101U + 2 * 100);
  payload.pop_back();
  ASSERT_EQ(read(payload), GelfVerdict::corrupt);
  EXPECT_EQ(reader_.inflated_bytes(), 500U);
  EXPECT_EQ(reader_.units(), 3U * 500);
}

TEST_F(GelfTest, ObjectThatIsClosed_TakesMoreThanAWholeOne) {
  std::string text = R"({"short_message":"m")";
  for (int i = 0; i < 20; ++i) text += R"(,"a":1)";
  const auto payload = compressed(text + "}", Compression::zlib);
  ASSERT_EQ(read(payload), GelfVerdict::message);
  const std::size_t whole = reader_.units();
  ASSERT_EQ(reader_.read(payload, {text.size(), kShown}, record_, fields_), GelfVerdict::message);
  EXPECT_TRUE(reader_.cut());
  EXPECT_GT(reader_.units(), whole + whole / 3);
}

// A sender needs credit for the bytes of its text and no more, even if the text is cut.
TEST_F(GelfTest, LongMessage_TakesNoMoreThanItsBytes) {
  std::string text = R"({"short_message":"m","full_message":"m)";
  for (int i = 0; i < 100; ++i) text += R"(\n\tat com.example.shop.checkout.Worker.run(Worker.java:42))";
  const auto payload = compressed(text + "\"}", Compression::zlib);
  ASSERT_EQ(read(payload), GelfVerdict::message);
  EXPECT_EQ(reader_.units(), text.size() + 2);
  ASSERT_EQ(reader_.read(payload, {text.size(), kShown}, record_, fields_), GelfVerdict::message);
  EXPECT_TRUE(reader_.cut());
  EXPECT_EQ(reader_.units(), text.size() + 1);
}

TEST_F(GelfTest, EveryTruncation_IsRefused) {
  record_.message = "untouched";
  for (const Compression as : {Compression::gzip, Compression::zlib}) {
    const auto whole = compressed(kExample, as);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(read(Bytes(whole).first(size)), size < 3 ? GelfVerdict::not_gelf : GelfVerdict::corrupt) << size;
    }
  }
  for (const std::string_view text : {kExample, kDocker}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      EXPECT_EQ(read(text.substr(0, size)), GelfVerdict::not_gelf) << size;
    }
  }
  EXPECT_EQ(record_.message, "untouched");
}

TEST(LooksLikeGelf, CompressedOrAnObjectThatMentionsIt) {
  const auto looks = [](std::string_view text) { return looks_like_gelf(as_bytes(text)); };
  EXPECT_TRUE(looks(kExample));
  EXPECT_TRUE(looks(kDocker));
  EXPECT_TRUE(looks(" \n{\"short_message\":\"m\"}"));
  EXPECT_TRUE(looks(R"({ "version" : "1.1" })"));
  EXPECT_TRUE(looks_like_gelf(compressed(kExample, Compression::gzip)));
  EXPECT_TRUE(looks_like_gelf(compressed(kExample, Compression::zlib)));
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(looks("{"));
  EXPECT_FALSE(looks("\"short_message\""));
  EXPECT_FALSE(looks(R"({"version":"1.0","msg":"m"})"));
  EXPECT_FALSE(looks(R"({"version")"));
  EXPECT_FALSE(looks(R"({"version":)"));
  EXPECT_FALSE(looks(R"({"msg":"short_message"})"));
}

}  // namespace
}  // namespace logsniffd::record::json
