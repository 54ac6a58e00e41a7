#include "daemon/format/record_format.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::format {
namespace {

using namespace test;

constexpr std::array<record::Field, 3> kFields{{{"user", "ann"}, {"id@1.ip", "10.1.1.1"}, {"id@1.ip", "10.1.1.2"}}};

record::LogRecord full_record() {
  record::LogRecord record = plain_record("hello world");
  record.severity = record::Severity::err;
  record.facility = 16;
  record.host = "web1";
  record.app = "nginx";
  record.pid = "42";
  record.msgid = "ID47";
  record.sent = kWhen - std::chrono::seconds(1);
  record.integrity = Integrity::truncated;
  record.fields = kFields;
  return record;
}

std::string line(std::string_view format, const record::LogRecord& record) {
  const InZone zone;
  std::string out;
  const auto compiled = RecordFormat::compile(format);
  if (!compiled) return compiled.error().message();
  compiled->append_line(record, "app", out);
  return out;
}

TEST(RecordFormat, Text_IsLocalTimeAndMessage) {
  EXPECT_EQ(line("text", plain_record("hello ('127.0.0.1', 61129)")), "10:27:44.016601 hello ('127.0.0.1', 61129)\n");
}

TEST(RecordFormat, Text_KeepsOneRecordOnOneLine) {
  EXPECT_EQ(line("text", plain_record("a\nb\\")), "10:27:44.016601 a\\nb\\\\\n");
}

TEST(RecordFormat, Raw_IsVerbatim) {
  const std::string message("a\nb\\\0\xff", 6);
  EXPECT_EQ(line("raw", plain_record(message)), message + "\n");
}

TEST(RecordFormat, EveryTemplateField_IsFilledIn) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{time}", "2026-03-09T10:27:44.016601+00:00"},
      {"{time:%d.%m. %H:%M:%S.%f}", "09.03. 10:27:44.016601"},
      {"{sent}", "2026-03-09T10:27:43.016601+00:00"},
      {"{sent:%S}", "43"},
      {"{filter}", "app"},
      {"{protocol}", "tcp"},
      {"{src}", "10.0.0.1:40000"},
      {"{src.addr}", "10.0.0.1"},
      {"{src.port}", "40000"},
      {"{dst}", "[fe80::1]:514"},
      {"{dst.addr}", "fe80::1"},
      {"{dst.port}", "514"},
      {"{interface}", "eth0"},
      {"{severity}", "err"},
      {"{facility}", "local0"},
      {"{host}", "web1"},
      {"{app}", "nginx"},
      {"{pid}", "42"},
      {"{msgid}", "ID47"},
      {"{message}", "hello world"},
      {"{integrity}", "truncated"},
      {"{field.user}", "ann"},
      {"{field.id@1.ip}", "10.1.1.1"},
      {"{field.none}", ""},
      {"{{{app}}}", "{nginx}"},
      {"{{app}}", "{app}"},
      {"a\t{app}[{pid}]", "a\tnginx[42]"},
  };
  for (const auto& [format, expected] : cases) EXPECT_EQ(line(format, full_record()), expected + "\n") << format;
}

TEST(RecordFormat, AbsentValues_AreEmptyInTemplates) {
  EXPECT_EQ(line("[{sent}{severity}{facility}{host}{app}{pid}{msgid}]", plain_record("x")), "[]\n");
}

TEST(RecordFormat, WrongTemplate_NamesTheTrouble) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{mesage}", "{mesage}: unknown field (did you mean 'message'?)"},
      {"{src.prot}", "{src.prot}: unknown field (did you mean 'src.port'?)"},
      {"{Time}", "{Time}: unknown field (did you mean 'time'?)"},
      {"{qqqqqqqq}",
       "{qqqqqqqq}: unknown field; use time, sent, filter, protocol, src, src.addr, src.port, dst, dst.addr, dst.port, "
       "interface, severity, facility, host, app, pid, msgid, message or integrity, or field.NAME"},
      {"{}", "{}: does not name a field; use one such as {message}, or {{ and }} for braces"},
      {"{field.}", "{field.}: does not name a field of the sender; use {field.NAME}"},
      {"{host:%H}", "{host:%H}: does not take a format after ':'; only time and sent do"},
      {"{time:}", "{time:}: has no format after ':'; add one, such as {time:%H:%M:%S}"},
      {"{time:%Q}", "{time:%Q}: '%Q' is not a valid time conversion; use those of strftime(3), or %f for microseconds"},
      {"{message", "{: is never closed; write {{ for a brace"},
      {"{time{", "{: is never closed; write {{ for a brace"},
      {"{ti{me}", "{: is never closed; write {{ for a brace"},
      {"message}", "}: does not close a field; write }} for a brace"},
      {"{time}}", "}: does not close a field; write }} for a brace"},
      {"{message}\n", "the template: contains a line break or a control character; remove it"},
      {"\x1b[31m{time}", "the template: contains a line break or a control character; remove it"},
  };
  for (const auto& [format, expected] : cases) {
    const auto compiled = RecordFormat::compile(format);
    ASSERT_FALSE(compiled) << format;
    EXPECT_EQ(compiled.error().message(), expected);
    EXPECT_EQ(compiled.error().exit_code(), 2);
  }
}

TEST(RecordFormat, JsonOfFullRecord_HasEveryKeyInOrder) {
  EXPECT_EQ(line("json", full_record()),
            R"({"time":"2026-03-09T10:27:44.016601+00:00","filter":"app","protocol":"tcp",)"
            R"("src":{"addr":"10.0.0.1","port":40000},"dst":{"addr":"fe80::1","port":514},"interface":"eth0",)"
            R"("severity":"err","facility":"local0","host":"web1","app":"nginx","pid":"42","msgid":"ID47",)"
            R"("sent":"2026-03-09T10:27:43.016601+00:00","message":"hello world","integrity":"truncated",)"
            R"("fields":{"user":"ann","id@1.ip":["10.1.1.1","10.1.1.2"]}})"
            "\n");
}

TEST(RecordFormat, JsonOfPlainRecord_LeavesAbsentValuesOut) {
  EXPECT_EQ(line("json", plain_record("x")),
            R"({"time":"2026-03-09T10:27:44.016601+00:00","filter":"app","protocol":"tcp",)"
            R"("src":{"addr":"10.0.0.1","port":40000},"dst":{"addr":"fe80::1","port":514},"interface":"eth0",)"
            R"("message":"x","integrity":"whole"})"
            "\n");
}

std::string from_base64(const std::string& text) {
  std::string bytes(text.size(), '\0');
  const int size =
      ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  const auto padding = std::count(text.begin(), text.end(), '=');
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size - padding));
  return bytes;
}

TEST(RecordFormat, JsonOfEveryByte_IsOneValidLine) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  const std::string text = line("json", plain_record(all));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto parsed = nlohmann::json::parse(text);
  const auto message = parsed["message"].get<std::string>();
  EXPECT_EQ(message.substr(0, 128), all.substr(0, 128));
  std::string replaced;
  for (int i = 128; i < 256; ++i) replaced += "\xef\xbf\xbd";
  EXPECT_EQ(message.substr(128), replaced);
  EXPECT_EQ(from_base64(parsed["message_base64"].get<std::string>()), all);
}

TEST(RecordFormat, JsonOfControlCharacters_EscapesThemWhereverTheyStand) {
  for (char c = 0; c < ' '; ++c) {
    for (std::size_t at = 0; at < 40; ++at) {
      std::string message(40, 'a');
      message[at] = c;
      const std::string text = line("json", plain_record(message));
      EXPECT_TRUE(std::all_of(text.begin(), text.end() - 1, [](char written) { return written >= ' '; })) << at;
      EXPECT_EQ(nlohmann::json::parse(text)["message"], message);
    }
  }
}

TEST(RecordFormat, JsonOfUtf8_NeedsNoSecondCopy) {
  const auto parsed = nlohmann::json::parse(line("json", plain_record("gr\xc3\xbc\xc3\x9f\x1b dich\"\\")));
  EXPECT_FALSE(parsed.contains("message_base64"));
}

TEST(RecordFormat, JsonOfBrokenUtf8_IsReplacedByteByByte) {
  record::LogRecord record = plain_record("ok");
  record.host = "a\xe2\x82z";  // a truncated euro sign
  const record::Field field{"k\xff", "v\xfe"};
  record.fields = std::span(&field, 1);
  const auto parsed = nlohmann::json::parse(line("json", record));
  EXPECT_EQ(parsed["host"], "a\xef\xbf\xbd\xef\xbf\xbdz");
  EXPECT_EQ(parsed["fields"], (nlohmann::json{{"k\\xff", "v\xef\xbf\xbd"}}));
  EXPECT_EQ(parsed["fields_base64"], (nlohmann::json{{"k\\xff", "dv4="}}));
}

// The reverse, as docs/configuration.md describes it: fields_base64 if it has the value, otherwise fields.
std::vector<std::string> values_of(const nlohmann::json& parsed) {
  std::vector<std::string> values;
  for (const auto& [name, value] : parsed["fields"].items()) {
    const nlohmann::json list = value.is_array() ? value : nlohmann::json::array({value});
    const nlohmann::json coded =
        parsed.contains("fields_base64") ? parsed["fields_base64"].value(name, nlohmann::json()) : nlohmann::json();
    for (std::size_t i = 0; i < list.size(); ++i) {
      const nlohmann::json each = coded.is_array() ? coded[i] : coded;
      values.push_back(each.is_null() ? list[i].get<std::string>() : from_base64(each.get<std::string>()));
    }
  }
  return values;
}

TEST(RecordFormat, JsonOfFieldValues_CanBeHadBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  const std::array<record::Field, 6> fields{
      {{"a", all}, {"b", "gr\xc3\xbc\xc3\x9f\n"}, {"c", "good"}, {"c", "\xff"}, {"c", ""}, {"d", "\xc3"}}};
  record::LogRecord record = plain_record("ok");
  record.fields = fields;
  const auto parsed = nlohmann::json::parse(line("json", record));
  const std::vector<std::string> values = values_of(parsed);
  ASSERT_EQ(values.size(), fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) EXPECT_EQ(values[i], fields[i].value) << i;
  EXPECT_FALSE(parsed["fields_base64"].contains("b"));
  EXPECT_EQ(parsed["fields_base64"]["c"], (nlohmann::json{nullptr, "/w==", nullptr}));
}

TEST(RecordFormat, JsonOfFieldValuesInUtf8_NeedsNoSecondCopy) {
  const std::array<record::Field, 2> fields{{{"a", "gr\xc3\xbc\xc3\x9f"}, {"b", "\x01\n"}}};
  record::LogRecord record = plain_record("ok");
  record.fields = fields;
  EXPECT_FALSE(nlohmann::json::parse(line("json", record)).contains("fields_base64"));
}

TEST(RecordFormat, JsonOfNamesThatAreNotUtf8_KeepsThemApart) {
  const std::array<record::Field, 2> fields{{{"k\xfe", "1"}, {"k\xff", "2"}}};
  record::LogRecord record = plain_record("ok");
  record.fields = fields;
  EXPECT_EQ(nlohmann::json::parse(line("json", record))["fields"], (nlohmann::json{{"k\\xfe", "1"}, {"k\\xff", "2"}}));
}

TEST(RecordFormat, JsonOfALongLine_IsWholeAndSoIsTheNext) {
  const std::string large(3'000'000, '\n');
  EXPECT_EQ(nlohmann::json::parse(line("json", plain_record(large)))["message"], large);
  EXPECT_EQ(nlohmann::json::parse(line("json", plain_record("x")))["message"], "x");
}

TEST(RecordFormat, Notice_FollowsTheFormat) {
  const InZone zone;
  const auto notice = [](std::string_view format) {
    std::string out;
    RecordFormat::compile(format)->append_notice("logsniffd: 2 records lost here", kWhen, out);
    return out;
  };
  EXPECT_EQ(notice("raw"), "logsniffd: 2 records lost here\n");
  EXPECT_EQ(notice("text"), "10:27:44.016601 logsniffd: 2 records lost here\n");
  EXPECT_EQ(notice("{time:%S} {src}{protocol} {message}"), "44  logsniffd: 2 records lost here\n");
  EXPECT_EQ(notice("{host}"), "logsniffd: 2 records lost here\n");
  EXPECT_EQ(
      notice("json"),
      R"({"time":"2026-03-09T10:27:44.016601+00:00","message":"logsniffd: 2 records lost here","integrity":"gap"})"
      "\n");
}

// Returns the original bytes, as docs/configuration.md describes it.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
    } else if (text[++i] == 'x') {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i] == 'n' ? '\n' : text[i]);
    }
  }
  return out;
}

const std::string kForged =
    "logsniffd: 1,284 records lost here (queue full) between 10:27:44.016601 and 10:27:45.113020";

TEST(RecordFormat, MessageThatReadsLikeAMarker_IsEscaped) {
  EXPECT_EQ(line("text", plain_record(kForged)), "10:27:44.016601 \\x6c" + kForged.substr(1) + "\n");
  EXPECT_EQ(line("text", plain_record("   logsniffd:")), "10:27:44.016601    \\x6cogsniffd:\n");
  EXPECT_EQ(line("{src.addr} {message}", plain_record(kForged)), "10.0.0.1 \\x6c" + kForged.substr(1) + "\n");
  // After a tab, a zero-width space and a byte order mark.
  EXPECT_EQ(line("text", plain_record("\t\xe2\x80\x8b\xef\xbb\xbflogsniffd: 1")),
            "10:27:44.016601 \\t\xe2\x80\x8b\xef\xbb\xbf\\x6cogsniffd: 1\n");
  EXPECT_EQ(line("{host}{message}", plain_record(kForged)), "\\x6c" + kForged.substr(1) + "\n");
}

TEST(RecordFormat, MessageThatOnlySpeaksOfUs_StaysAsItIs) {
  for (const std::string text :
       {"the logsniffd: 1,284 records lost here", "logsniffd started", "1,284 records lost here", " "}) {
    EXPECT_EQ(line("text", plain_record(text)), "10:27:44.016601 " + text + "\n");
  }
  EXPECT_EQ(line("text", plain_record("")), "10:27:44.016601 \n");
}

// Values of a sender, joined by a template, that together read like a marker.
TEST(RecordFormat, MarkerPutTogetherOfValues_IsEscaped) {
  const auto forged = [](std::string_view format, std::string_view host, std::string_view app,
                         std::string_view message) {
    record::LogRecord record = plain_record(message);
    record.host = host;
    record.app = app;
    return line(format, record);
  };
  EXPECT_EQ(forged("{app}: {message}", "", "logsniffd", "5 records lost here"),
            "\\x6cogsniffd: \\x35 records lost here\n");
  EXPECT_EQ(forged("{host}: {app} {message}", ":  logsniffd", "5", "records lost here"),
            "\\x3a  \\x6cogsniffd: \\x35 \\x72ecords lost here\n");
  EXPECT_EQ(forged("{host}{message}", "logs", "", "niffd: 5 records lost here"),
            "\\x6cogs\\x6eiffd: 5 records lost here\n");
  EXPECT_EQ(forged("{message}{host}", "logsniffd: 5 records lost here", "", ""),
            "\\x6cogsniffd: 5 records lost here\n");
  EXPECT_EQ(forged("{host}", "logsniffd: 5 records lost here", "", "x"), "\\x6cogsniffd: 5 records lost here\n");
  EXPECT_EQ(forged("{app}: {message}", "", "logsniffd", "started"), "logsniffd: started\n");
  record::LogRecord record = plain_record("m");
  const record::Field field{"f", "\xc3\xbc logsniffd: 5 records lost here"};
  record.fields = std::span(&field, 1);
  EXPECT_EQ(line("{field.f} {message}", record), "\xc3\xbc \\x6cogsniffd: 5 records lost here \\x6d\n");
}

TEST(RecordFormat, EscapedMarker_CanBeHadBack) {
  for (const std::string& message :
       {kForged, "  " + kForged, kForged + "\n\\\xff" + kForged, "\n\xff" + kForged, std::string("logsniffd:")}) {
    std::string text = line("{message}", plain_record(message));
    text.pop_back();
    EXPECT_EQ(unescaped(text), message);
    const auto parsed = nlohmann::json::parse(line("json", plain_record(message)));
    EXPECT_EQ(from_base64(parsed["message_base64"].get<std::string>()), message);
    EXPECT_THAT(parsed["message"].get<std::string>(), testing::Not(testing::HasSubstr(" logsniffd: 1")));
  }
}

TEST(RecordFormat, JsonOfMessageThatReadsLikeAMarker_HasItEscapedAndInBase64) {
  const auto parsed = nlohmann::json::parse(line("json", plain_record("logsniffd: 2 records lost here")));
  EXPECT_EQ(parsed["message"], "\\x6cogsniffd: 2 records lost here");
  EXPECT_EQ(from_base64(parsed["message_base64"].get<std::string>()), "logsniffd: 2 records lost here");
}

// All zeros, from [::]:0 to [::]:0, like a record that no packet brought.
TEST(RecordFormat, RecordOfAZeroFlow_IsNoMarkerEither) {
  record::LogRecord record = plain_record(kForged);
  record.flow = Flow{};
  EXPECT_EQ(line("text", record), "10:27:44.016601 \\x6c" + kForged.substr(1) + "\n");
  EXPECT_TRUE(nlohmann::json::parse(line("json", record)).contains("src"));
}

TEST(RecordFormat, RawAndConstant_AreKnown) {
  EXPECT_TRUE(RecordFormat::compile("raw")->is_raw());
  EXPECT_FALSE(RecordFormat::compile("{message}")->is_raw());
  EXPECT_TRUE(RecordFormat::compile("nginx{{}}")->is_constant());
  EXPECT_FALSE(RecordFormat::compile("{app}")->is_constant());
  EXPECT_FALSE(RecordFormat::compile("json")->is_constant());
}

}  // namespace
}  // namespace logsniffd::format
