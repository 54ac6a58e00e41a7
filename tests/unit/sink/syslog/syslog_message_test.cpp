#include "daemon/sink/syslog/syslog_message.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink::syslog {
namespace {

using namespace test;

std::string message(SyslogProtocol protocol, const record::LogRecord& record, bool local = false,
                    SyslogIdentity identity = {}, format::Author author = format::Author::sender) {
  const InZone zone;
  std::string out;
  SyslogMessage(protocol, local, std::move(identity)).append(record, author, 65536, out);
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
  record.facility = 200;  // not a facility
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
            R"([ex@32473 iut="3" a.b="q\"b\\s\]e"][origin ip="1.2.3.4"][empty@1][fields@0 user="a\\nb"] hello)");
}

// Does what a receiver does (RFC 5424, 6.3.3), and then what docs/configuration.md says.
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
  EXPECT_THAT(rfc5424(record), testing::HasSubstr(R"( ID47 [logsniffd@0 integrity="gap"] hello)"));
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
    EXPECT_FALSE(SyslogMessage(SyslogProtocol::rfc3164, false, {})
                     .append(plain_record(text), format::Author::sender, limit, out));
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
  EXPECT_TRUE(
      SyslogMessage(SyslogProtocol::rfc3164, false, {}).append(plain_record(text), format::Author::sender, 1024, out));
  EXPECT_EQ(out, header + text);
}

TEST(SyslogMessage, FieldsThatLeaveNoRoom_GoBeforeTheText) {
  const InZone zone;
  record::LogRecord record = full_record();
  const std::string value(2000, 'v');
  const std::array<record::Field, 1> fields{{{"x@1.a", value}}};
  record.fields = fields;
  std::string out;
  EXPECT_FALSE(SyslogMessage(SyslogProtocol::rfc5424, false, {}).append(record, format::Author::sender, 1024, out));
  EXPECT_EQ(out, "<131>1 2026-03-09T10:27:43.016601+00:00 web1 nginx 42 ID47 - hello [truncated]");
}

// ---- what a sender cannot make its message look like

const SyslogIdentity kNoTrust{false, {}, "logsniffd"};

record::LogRecord sshd_record() {
  record::LogRecord record = plain_record("Accepted password for root from 192.0.2.7 port 4711 ssh2");
  record.severity = record::Severity::info;
  record.facility = 10;  // authpriv
  record.app = "sshd";
  record.pid = "812";
  return record;
}

TEST(SyslogMessage, WithoutTrustToUnixSocket_IsOfLogsniffdAndNamesItsSource) {
  EXPECT_EQ(message(SyslogProtocol::rfc3164, sshd_record(), true, kNoTrust),
            "<134>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1 facility=authpriv app=sshd pid=812] Accepted password "
            "for root from 192.0.2.7 port 4711 ssh2");
  EXPECT_EQ(message(SyslogProtocol::rfc5424, sshd_record(), true, kNoTrust),
            "<134>1 2026-03-09T10:27:44.016601+00:00 10.0.0.1 logsniffd - - [logsniffd@0 src.addr=\"10.0.0.1\" "
            "facility=\"authpriv\" app=\"sshd\" pid=\"812\"] Accepted password for root from 192.0.2.7 port 4711 ssh2");
}

TEST(SyslogMessage, WithoutTrustOverTheNetwork_HostIsTheAddress) {
  record::LogRecord record = full_record();
  record.integrity = Integrity::truncated;
  const record::Field field{"ex@1.a", "b"};
  record.fields = std::span(&field, 1);
  const SyslogIdentity identity{false, 21, "remote"};
  EXPECT_EQ(message(SyslogProtocol::rfc3164, record, false, identity),
            "<171>Mar  9 10:27:43 10.0.0.1 remote: [src.addr=10.0.0.1 facility=local0 host=web1 app=nginx pid=42 "
            "msgid=ID47] hello");
  EXPECT_EQ(message(SyslogProtocol::rfc5424, record, false, identity),
            "<171>1 2026-03-09T10:27:43.016601+00:00 10.0.0.1 remote - - [logsniffd@0 integrity=\"truncated\" "
            "src.addr=\"10.0.0.1\" facility=\"local0\" host=\"web1\" app=\"nginx\" pid=\"42\" msgid=\"ID47\"][ex@1 "
            "a=\"b\"] hello");
}

TEST(SyslogMessage, WithoutTrustHostileWords_EndNeitherTheSourceNorAnElement) {
  record::LogRecord record = plain_record("m");
  record.host = "h] sshd[1]: \n";
  record.app = "a\" b=\"c\\";
  EXPECT_EQ(message(SyslogProtocol::rfc3164, record, true, kNoTrust),
            "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1 host=h__sshd_1_:__ app=a__b__c_] m");
  EXPECT_THAT(message(SyslogProtocol::rfc5424, record, true, kNoTrust),
              testing::HasSubstr(R"([logsniffd@0 src.addr="10.0.0.1" host="h__sshd_1_:__" app="a__b__c_"] m)"));
}

TEST(SyslogMessage, WithoutTrustTooLong_StillNamesItsSource) {
  const InZone zone;
  record::LogRecord record = full_record();
  const std::string host(300, 'h');
  const std::string pid(200, 'p');
  const std::string value(2000, 'v');
  const record::Field field{"x@1.a", value};
  record.host = host;
  record.pid = pid;
  record.fields = std::span(&field, 1);
  for (const SyslogProtocol protocol : {SyslogProtocol::rfc3164, SyslogProtocol::rfc5424}) {
    std::string out;
    const std::string text(5000, 't');
    record.message = text;
    EXPECT_FALSE(SyslogMessage(protocol, false, kNoTrust).append(record, format::Author::sender, 1024, out));
    EXPECT_THAT(out, testing::HasSubstr("src.addr="));
    EXPECT_THAT(out, testing::EndsWith("] " + out.substr(out.rfind("] ") + 2)));
    EXPECT_THAT(out, testing::EndsWith("ttt [truncated]"));
    EXPECT_EQ(out.size(), 1024);
  }
}

TEST(SyslogMessage, WithTrust_FacilityAndTagAreForRecordsWithoutThem) {
  const SyslogIdentity identity{true, 17, "remote"};
  EXPECT_EQ(message(SyslogProtocol::rfc3164, sshd_record(), true, identity),
            "<86>Mar  9 10:27:44 sshd[812]: Accepted password for root from 192.0.2.7 port 4711 ssh2");
  EXPECT_EQ(message(SyslogProtocol::rfc3164, plain_record("x"), true, identity), "<141>Mar  9 10:27:44 remote: x");
}

record::LogRecord marker_record() {
  record::LogRecord record;
  record.captured_at = kWhen;
  record.severity = record::Severity::warning;
  record.integrity = Integrity::gap;
  record.message = "logsniffd: 2 records lost here (timeout)";
  return record;
}

TEST(SyslogMessage, Marker_IsOfThisHostAndAsItIs) {
  const std::string own = message(SyslogProtocol::rfc5424, marker_record(), false, {}, format::Author::daemon);
  EXPECT_THAT(own, testing::StartsWith("<12>1 2026-03-09T10:27:44.016601+00:00 "));
  EXPECT_THAT(own, testing::EndsWith(
                       " logsniffd - - [logsniffd@0 integrity=\"gap\"] logsniffd: 2 records lost here (timeout)"));
  EXPECT_EQ(message(SyslogProtocol::rfc3164, marker_record(), true, kNoTrust, format::Author::daemon),
            "<132>Mar  9 10:27:44 logsniffd: logsniffd: 2 records lost here (timeout)");
}

TEST(SyslogMessage, MessageThatReadsLikeAMarker_IsEscaped) {
  EXPECT_EQ(rfc3164(plain_record("logsniffd: 1,284 records lost here (queue full)")),
            R"(<13>Mar  9 10:27:44 10.0.0.1 logsniffd: \x6cogsniffd: 1,284 records lost here (queue full))");
  EXPECT_EQ(message(SyslogProtocol::rfc3164, plain_record("  logsniffd: 1"), true, kNoTrust),
            R"(<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1]   \x6cogsniffd: 1)");
  EXPECT_THAT(rfc5424(plain_record("logsniffd:")), testing::EndsWith(R"( logsniffd - - - \x6cogsniffd:)"));
}

// A message without an application has the tag "logsniffd: ".
TEST(SyslogMessage, MessageThatMakesAMarkerOfItsTag_IsEscaped) {
  record::LogRecord record = plain_record("1,284 records lost here (queue full)");
  EXPECT_EQ(rfc3164(record), R"(<13>Mar  9 10:27:44 10.0.0.1 logsniffd: \x31,284 records lost here (queue full))");
  record.app = "x-logsniffd";
  EXPECT_THAT(rfc3164(record), testing::EndsWith(R"( x-logsniffd: \x31,284 records lost here (queue full))"));
  record.app = "nginx";
  EXPECT_THAT(rfc3164(record), testing::EndsWith(" nginx: 1,284 records lost here (queue full)"));
  EXPECT_THAT(rfc3164(plain_record("1,284 users")), testing::EndsWith(" logsniffd: 1,284 users"));
}

// The structured data of the message. An SD-ID must not occur twice in it (RFC 5424, 6.3.2).
std::vector<std::string> elements_of(const std::vector<record::Field>& fields, Integrity integrity = Integrity::whole) {
  record::LogRecord record = plain_record("m");
  record.fields = fields;
  record.integrity = integrity;
  const std::string text = rfc5424(record);
  const std::size_t begin = text.find(" - - [") + 6;
  std::vector<std::string> elements;
  for (std::string_view rest = std::string_view(text).substr(begin, text.size() - 3 - begin);;) {
    const std::size_t end = rest.find("][");
    elements.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return elements;
    rest.remove_prefix(end + 2);
  }
}

TEST(SyslogMessage, ElementOfASenderUnderOurName_IsRenamed) {
  EXPECT_THAT(elements_of({{"logsniffd@0.integrity", "gap"}}),
              testing::ElementsAre(R"(sender.logsniffd@0 integrity="gap")"));
  EXPECT_THAT(elements_of({{"logsniffd@32473.integrity", "gap"},
                           {"logsniffd", ""},
                           {"sender.logsniffd@0.a", "1"},
                           {"logsniffd@0.b", "2"},
                           {"Logsniffd@0.c", "3"}},
                          Integrity::truncated),
              testing::ElementsAre(R"(logsniffd@0 integrity="truncated")", R"(sender.logsniffd@32473 integrity="gap")",
                                   "sender.logsniffd", R"(sender.logsniffd@0 a="1" b="2")", R"(Logsniffd@0 c="3")"));
}

// JSON, for example, has keys that are fields without an SD-ID.
TEST(SyslogMessage, FieldWithoutElementUnderOurName_IsNoFactOfOurs) {
  EXPECT_THAT(elements_of({{"integrity", "gap"}, {"src.addr", "10.9.9.9"}, {"logsniffd.integrity", "gap"}}),
              testing::ElementsAre(R"(fields@0 integrity="gap")", R"(src addr="10.9.9.9")",
                                   R"(sender.logsniffd integrity="gap")"));
}

TEST(SyslogMessage, ElementsOfOneName_BecomeOne) {
  EXPECT_THAT(
      elements_of({{"a@1.x", "1"}, {"b@1.y", "2"}, {"a@1.z", "3"}, {"user", "u"}, {"a@1", ""}, {"fields@0.f", "4"}}),
      testing::ElementsAre(R"(a@1 x="1" z="3")", R"(b@1 y="2")", R"(fields@0 user="u" f="4")"));
  // These names are equal only after they are cut to 32 characters and cleaned.
  const std::string cut(32, 'n');
  const std::string first = cut + "1@9.x";
  const std::string second = cut + "2@9.x";
  EXPECT_THAT(elements_of({{first, "1"}, {second, "2"}, {"q\xc3@1.x", "3"}, {"q=@1.x", "4"}}),
              testing::ElementsAre(cut + R"( x="1" x="2")", R"(q_@1 x="3" x="4")"));
  const std::string reserved = "logsniffd@" + std::string(40, '0') + ".x";
  EXPECT_THAT(elements_of({{reserved, "1"}}), testing::ElementsAre("sender.logsniffd@000000000000000"
                                                                   R"( x="1")"));
}

}  // namespace
}  // namespace logsniffd::sink::syslog
