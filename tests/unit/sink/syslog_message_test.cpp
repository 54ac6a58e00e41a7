#include "daemon/sink/syslog_message.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/unit/sink/fixture.hpp"

namespace logsniffd::sink {
namespace {

std::string message(SyslogProtocol protocol, const record::LogRecord& record, bool local = false) {
  const InZone zone;
  std::string out;
  SyslogMessage(protocol, local).append(record, 65536, out);
  return out;
}
std::string rfc3164(const record::LogRecord& record) { return message(SyslogProtocol::rfc3164, record); }
std::string rfc5424(const record::LogRecord& record) { return message(SyslogProtocol::rfc5424, record); }

record::LogRecord full_record() {
  record::LogRecord record = plain_record("hello");
  record.severity = record::Severity::err;
  record.facility = 16;
  record.host = "web1";
  record.app = "nginx";
  record.pid = "42";
  record.msgid = "ID47";
  record.sent = kWhen - std::chrono::seconds(1);
  return record;
}

TEST(SyslogMessage, Rfc3164_KeepsWhatTheSenderSaid) {
  EXPECT_EQ(rfc3164(full_record()), "<131>Mar  9 10:27:43 web1 nginx[42]: hello");
}

TEST(SyslogMessage, Rfc3164ToUnixSocket_LeavesTheHostOut) {
  EXPECT_EQ(message(SyslogProtocol::rfc3164, full_record(), true), "<131>Mar  9 10:27:43 nginx[42]: hello");
}

TEST(SyslogMessage, PlainRecord_HasDefaults) {
  EXPECT_EQ(rfc3164(plain_record("hello")), "<13>Mar  9 10:27:44 10.0.0.1 logsniffd: hello");
  EXPECT_EQ(rfc5424(plain_record("hello")), "<13>1 2026-03-09T10:27:44.016601+00:00 10.0.0.1 logsniffd - - - hello");
}

TEST(SyslogMessage, HalfOfThePriority_IsFilledUp) {
  record::LogRecord record = plain_record("x");
  record.severity = record::Severity::emerg;
  EXPECT_THAT(rfc3164(record), testing::StartsWith("<8>"));
  record.severity.reset();
  record.facility = 0;
  EXPECT_THAT(rfc3164(record), testing::StartsWith("<5>"));
  record.facility = 200;  // no facility
  EXPECT_THAT(rfc3164(record), testing::StartsWith("<13>"));
}

TEST(SyslogMessage, Rfc5424_KeepsStructuredData) {
  constexpr std::array<record::Field, 5> fields{{{"ex@32473.iut", "3"},
                                                 {"ex@32473.a.b", "q\"b\\s]e"},
                                                 {"origin.ip", "1.2.3.4"},
                                                 {"empty@1", ""},
                                                 {"user", "a\nb"}}};
  record::LogRecord record = full_record();
  record.fields = fields;
  EXPECT_EQ(rfc5424(record),
            "<131>1 2026-03-09T10:27:43.016601+00:00 web1 nginx 42 ID47 "
            R"([ex@32473 iut="3" a.b="q\"b\\s\]e"][origin ip="1.2.3.4"][empty@1][logsniffd@32473 user="a\\nb"] hello)");
}

// What a receiver does: RFC 5424, 6.3.3, and then what docs/configuration.md says.
std::string unquoted(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool quote =
        text[i] == '\\' && i + 1 < text.size() && std::string_view("\"\\]").find(text[i + 1]) != std::string_view::npos;
    value.push_back(text[quote ? ++i : i]);
  }
  return value;
}
std::string unescaped(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    const std::size_t simple =
        rest.size() < 2 || rest[0] != '\\' ? std::string_view::npos : std::string_view("nrt\\").find(rest[1]);
    if (simple != std::string_view::npos) {
      value.push_back("\n\r\t\\"[simple]);
      ++i;
    } else if (rest.starts_with("\\x")) {
      value.push_back(static_cast<char>(std::stoi(std::string(rest.substr(2, 2)), nullptr, 16)));
      i += 3;
    } else {
      value.push_back(rest[0]);
    }
  }
  return value;
}

std::string parameter_of(std::string_view value) {
  const record::Field field{"id.p", value};
  record::LogRecord record = plain_record("m");
  record.fields = std::span(&field, 1);
  const std::string text = rfc5424(record);
  const std::size_t begin = text.find("[id p=\"") + 7;
  EXPECT_TRUE(text.ends_with("\"] m")) << text;
  return text.substr(begin, text.size() - 4 - begin);
}

TEST(SyslogMessage, EveryFieldValue_CanBeHadBack) {
  std::vector<std::string> values{
      "",         "\\",  "a\\",   "C:\\Users\\new\\tmp\\x41",   "\\\\server\\share", "]\"\\]\"",  "\\\n",
      "\\\xff\\", "\\x", "\\n\n", "gr\xc3\xbc\xc3\x9f\xc2\x9b", "\\\xc2\x9b",        "\\\xc3\xbc"};
  for (int first = 0; first < 256; ++first) {
    values.emplace_back(1, static_cast<char>(first));
    for (const char second : {'\\', 'n', 'x', '\n', '"', ']', '\xff', 'z'}) {
      values.push_back({static_cast<char>(first), second});
      values.push_back({'\\', static_cast<char>(first), second});
    }
  }
  for (const std::string& value : values) {
    const std::string written = parameter_of(value);
    EXPECT_EQ(unescaped(unquoted(written)), value) << written;
    EXPECT_TRUE(std::all_of(written.begin(), written.end(), [](char c) { return c < 0 || c >= ' '; })) << written;
  }
}

TEST(SyslogMessage, OrdinaryBackslash_IsOnlyQuoted) {
  EXPECT_EQ(parameter_of("C:\\Windows\\System32\\"), R"(C:\\Windows\\System32\\)");
  EXPECT_EQ(parameter_of("C:\\new"), R"(C:\\\\new)");
}

TEST(SyslogMessage, Rfc5424OfBrokenRecord_SaysSo) {
  record::LogRecord record = full_record();
  record.integrity = Integrity::gap;
  EXPECT_THAT(rfc5424(record), testing::HasSubstr(R"( ID47 [logsniffd@32473 integrity="gap"] hello)"));
}

TEST(SyslogMessage, HostileHeaderWords_CannotForgeAHeader) {
  record::LogRecord record = plain_record("m\nn");
  record.host = "h x\n<0>";
  record.app = "a]: b[";
  record.pid = "1]:\t";
  EXPECT_EQ(rfc3164(record), "<13>Mar  9 10:27:44 h_x_<0> a___b_[1___]: m\\nn");
  record.app = std::string_view("0123456789012345678901234567890123456789012345678901234567890");
  EXPECT_THAT(rfc5424(record), testing::HasSubstr(" 012345678901234567890123456789012345678901234567 1]:_ "));
}

TEST(SyslogMessage, TooLong_IsCutAtACharacter) {
  const InZone zone;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xe2\x82\xac";
  for (std::size_t limit = 1024; limit < 1030; ++limit) {
    std::string out = "before ";
    EXPECT_FALSE(SyslogMessage(SyslogProtocol::rfc3164, false).append(plain_record(text), limit, out));
    EXPECT_TRUE(out.ends_with("\xe2\x82\xac [truncated]")) << out;
    EXPECT_GT(out.size(), 7 + limit - 3);
    EXPECT_LE(out.size(), 7 + limit);
  }
}

TEST(SyslogMessage, JustFits_IsWhole) {
  const InZone zone;
  const std::string header = "<13>Mar  9 10:27:44 10.0.0.1 logsniffd: ";
  std::string out;
  const std::string text(1024 - header.size(), 'x');
  EXPECT_TRUE(SyslogMessage(SyslogProtocol::rfc3164, false).append(plain_record(text), 1024, out));
  EXPECT_EQ(out, header + text);
}

TEST(SyslogMessage, FieldsThatLeaveNoRoom_GoBeforeTheText) {
  const InZone zone;
  record::LogRecord record = full_record();
  const std::string value(2000, 'v');
  const std::array<record::Field, 1> fields{{{"x@1.a", value}}};
  record.fields = fields;
  std::string out;
  EXPECT_FALSE(SyslogMessage(SyslogProtocol::rfc5424, false).append(record, 1024, out));
  EXPECT_EQ(out, "<131>1 2026-03-09T10:27:43.016601+00:00 web1 nginx 42 ID47 - hello [truncated]");
}

}  // namespace
}  // namespace logsniffd::sink
