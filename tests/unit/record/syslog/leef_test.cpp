#include "daemon/record/syslog/leef.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "daemon/record/syslog/structured_data.hpp"
#include "tests/unit/record/syslog/security_event_case.hpp"

namespace logsniffd::record::syslog {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs with_header(std::string vendor, std::string product, std::string version, std::string event, Pairs attributes) {
  Pairs pairs{{"leef.vendor", std::move(vendor)},
              {"leef.product", std::move(product)},
              {"leef.version", std::move(version)},
              {"leef.event", std::move(event)}};
  pairs.insert(pairs.end(), attributes.begin(), attributes.end());
  return pairs;
}

std::vector<SecurityEventCase> leef_cases() {
  return {
      {.name = "VersionOne",
       .source = "IBM QRadar LEEF guide, header and attribute examples",
       .text = "LEEF:1.0|Microsoft|MSExchange|4.0 SP1|15345|src=192.0.2.0\tdst=172.50.123.1\tsev=5\tcat=anomaly\t"
               "srcPort=81\tdstPort=21\tusrName=joe.black",
       .severity = Severity::warning,
       .fields = with_header("Microsoft", "MSExchange", "4.0 SP1", "15345",
                             {{"src", "192.0.2.0"},
                              {"dst", "172.50.123.1"},
                              {"sev", "5"},
                              {"cat", "anomaly"},
                              {"srcPort", "81"},
                              {"dstPort", "21"},
                              {"usrName", "joe.black"}})},
      {.name = "DelimiterCaret",
       .source = "IBM QRadar LEEF guide, Lancope StealthWatch",
       .text = "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=192.0.2.0^dst=172.50.123.1^sev=5^cat=anomaly^srcPort=81^"
               "dstPort=21^usrName=joe.black",
       .severity = Severity::warning,
       .fields = with_header("Lancope", "StealthWatch", "1.0", "41",
                             {{"src", "192.0.2.0"},
                              {"dst", "172.50.123.1"},
                              {"sev", "5"},
                              {"cat", "anomaly"},
                              {"srcPort", "81"},
                              {"dstPort", "21"},
                              {"usrName", "joe.black"}})},
      {.name = "DelimiterX5E",
       .source = "IBM QRadar LEEF guide, delimiter in hexadecimal",
       .text = "LEEF:2.0|Lancope|StealthWatch|1.0|41|x5E|src=10.0.1.8^dst=10.0.0.5^sev=9",
       .severity = Severity::crit,
       .fields = with_header("Lancope", "StealthWatch", "1.0", "41",
                             {{"src", "10.0.1.8"}, {"dst", "10.0.0.5"}, {"sev", "9"}})},
      {.name = "Delimiter0x5e",
       .source = "IBM QRadar LEEF guide, delimiter in hexadecimal",
       .text = "LEEF:2.0|Vendor|Product|Version|EventID|0x5e|key1=a=b^key2= c ^",
       .fields = with_header("Vendor", "Product", "Version", "EventID", {{"key1", "a=b"}, {"key2", " c "}})},
      {.name = "DelimiterInFourDigits",
       .source = "IBM QRadar LEEF guide: x0009 is TAB",
       .text = "LEEF:2.0|Vendor|Product|Version|EventID|x0009|key1=a\tkey2=b|c",
       .fields = with_header("Vendor", "Product", "Version", "EventID", {{"key1", "a"}, {"key2", "b|c"}})},
      {.name = "DelimiterBeyondAscii",
       .source = "hand-made: the code of the broken bar, in UTF-8",
       .text = "LEEF:2.0|v|p|1|e|xA6|a=1\xc2\xa6"
               "b=2",
       .fields = with_header("v", "p", "1", "e", {{"a", "1"}, {"b", "2"}})},
      {.name = "DelimiterOfThreeBytes",
       .source = "hand-made: the code of the bullet, in UTF-8",
       .text = "LEEF:2.0|v|p|1|e|0x2022|a=1\xe2\x80\xa2"
               "b=2",
       .fields = with_header("v", "p", "1", "e", {{"a", "1"}, {"b", "2"}})},
      {.name = "DelimiterIsACharacterBeyondAscii",
       .source = "hand-made: the broken bar itself",
       .text = "LEEF:2.0|v|p|1|e|\xc2\xa6|a=1\xc2\xa6"
               "b=2",
       .fields = with_header("v", "p", "1", "e", {{"a", "1"}, {"b", "2"}})},
      {.name = "DelimiterLeftEmpty",
       .source = "IBM QRadar LEEF guide: TAB where none is given",
       .text = "LEEF:2.0|Vendor|Product|Version|EventID||a=1^2\tb=2",
       .fields = with_header("Vendor", "Product", "Version", "EventID", {{"a", "1^2"}, {"b", "2"}})},
      {.name = "DelimiterLeftOut",
       .source = "Trend Micro Deep Security, syslog message formats, LEEF 2.0",
       .text = "LEEF:2.0|Trend Micro|Deep Security Agent|10.0.2883|4000030|cat=Anti-Malware\tname=HEU_AEGIS_CRYPT\t"
               "desc=HEU_AEGIS_CRYPT\tsev=6\tcn1=241\tcn1Label=Host ID\tdvchost=hostname\tTrendMicroDsTags=FS\t"
               "filePath=C:\\virus\\ransom.exe\tact=Terminate\tmsg=Realtime | quarantined",
       .severity = Severity::warning,
       .fields = with_header("Trend Micro", "Deep Security Agent", "10.0.2883", "4000030",
                             {{"cat", "Anti-Malware"},
                              {"name", "HEU_AEGIS_CRYPT"},
                              {"desc", "HEU_AEGIS_CRYPT"},
                              {"sev", "6"},
                              {"cn1", "241"},
                              {"cn1Label", "Host ID"},
                              {"dvchost", "hostname"},
                              {"TrendMicroDsTags", "FS"},
                              {"filePath", "C:\\virus\\ransom.exe"},
                              {"act", "Terminate"},
                              {"msg", "Realtime | quarantined"}})},
      {.name = "PaloAltoPanOs",
       .source = "Palo Alto Networks PAN-OS custom LEEF format: severity in words, empty values",
       .text = "LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|8.0|trojan/PDF.gen.eiez(268198686)|ReceiveTime="
               "2016/05/02 12:07:00\tSerialNumber=001801010877\tcat=THREAT\tusrName=\tsev=High\tFileDigest=\"null\"",
       .severity = Severity::err,
       .fields = with_header("Palo Alto Networks", "PAN-OS Syslog Integration", "8.0", "trojan/PDF.gen.eiez(268198686)",
                             {{"ReceiveTime", "2016/05/02 12:07:00"},
                              {"SerialNumber", "001801010877"},
                              {"cat", "THREAT"},
                              {"usrName", ""},
                              {"sev", "High"},
                              {"FileDigest", "\"null\""}})},
      {.name = "WithoutAttributes",
       .source = "IBM QRadar LEEF guide, header alone",
       .text = "LEEF:1.0|Microsoft|MSExchange|2013 SP1|15345|",
       .fields = with_header("Microsoft", "MSExchange", "2013 SP1", "15345", {})},
      {.name = "VersionOneHasNoDelimiter",
       .source = "hand-made: what looks like one is an attribute that cannot be read",
       .text = "LEEF:1.0|v|p|1|e|^|a=1^b=2",
       .fields = with_header("v", "p", "1", "e", {{"^|a", "1^b=2"}})},
      {.name = "EmptyAttributesAndSpaces",
       .source = "hand-made: two delimiters, one at the end, spaces around keys",
       .text = "LEEF:1.0|||1||\ta=1\t\t b =2\t",
       .fields = with_header("", "", "1", "", {{"a", "1"}, {"b", "2"}})},
      {.name = "AttributeWithoutEqualSign",
       .source = "hand-made: TAB inside a value",
       .text = "LEEF:1.0|v|p|1|e|a=1\tb=two\twords\tc=3",
       .fields = with_header("v", "p", "1", "e", {{"a", "1"}, {"b", "two"}}),
       .read = EventFields::some},
      {.name = "AttributeWithoutKey",
       .source = "hand-made",
       .text = "LEEF:1.0|v|p|1|e|a=1\t =2\tc=3",
       .fields = with_header("v", "p", "1", "e", {{"a", "1"}}),
       .read = EventFields::some},
  };
}

struct Read {
  EventFields result = EventFields::none;
  LogRecord record;
  std::vector<Field> fields;
};

Read read(std::string_view text) {
  Read got;
  got.result = read_leef(text, got.record, got.fields);
  return got;
}

class Leef : public testing::TestWithParam<SecurityEventCase> {};

TEST_P(Leef, EveryField) {
  const SecurityEventCase& c = GetParam();
  const Read got = read(c.text);
  EXPECT_EQ(got.result, c.read);
  EXPECT_EQ(got.record.severity, c.severity);
  EXPECT_EQ(to_pairs(got.fields), c.fields);
}

// There are no fields before the last pipe of the header. After it, the fields of the header are those of
// the whole text.
TEST_P(Leef, EveryTruncation) {
  const SecurityEventCase& c = GetParam();
  for (std::size_t size = 0; size < c.text.size(); ++size) {
    const std::string cut = c.text.substr(0, size);
    const Read got = read(cut);
    const bool whole = std::count(cut.begin(), cut.end(), '|') >= 5;
    ASSERT_EQ(got.result != EventFields::none, whole) << cut;
    ASSERT_EQ(got.fields.size() >= 4, whole) << cut;
    ASSERT_LE(got.fields.size(), c.fields.size()) << cut;
    for (std::size_t i = 0; i < got.fields.size() && i < 4; ++i) EXPECT_EQ(got.fields[i].value, c.fields[i].second);
  }
}

INSTANTIATE_TEST_SUITE_P(Senders, Leef, testing::ValuesIn(leef_cases()), case_name);

TEST(LeefHeader, BrokenOne_IsNoEvent) {
  for (const std::string_view text : {"", "LEEF:", "LEEF:1.0", "LEEF:3.0|v|p|1|e|a=1", "leef:1.0|v|p|1|e|a=1",
                                      " LEEF:1.0|v|p|1|e|a=1", "LEEF:1.0|v|p|1|e", "LEEF:2.0|v|p|1"}) {
    EXPECT_EQ(read(text).result, EventFields::none) << text;
    EXPECT_TRUE(read(text).fields.empty()) << text;
  }
}

TEST(LeefDelimiter, WhatIsNone_IsReadAsAnAttribute) {
  for (const std::string_view part : {"x", "0x", "x5", "x5G", "x12345", "0x12345", "^^", "\xc2\xa6\xa6", "tab"}) {
    const std::string text = fmt::format("LEEF:2.0|v|p|1|e|{}|a=1\tb=2", part);
    const Read got = read(text);
    const bool one_character = part == "x";
    const bool code = part == "x5";
    ASSERT_GE(got.fields.size(), 5U) << part;
    EXPECT_EQ(got.fields[4].name, one_character || code ? "a" : fmt::format("{}|a", part));
    EXPECT_EQ(got.fields[4].value, one_character || code ? "1\tb=2" : "1") << part;
  }
}

TEST(LeefSeverity, OfThePri_Stays) {
  LogRecord record;
  record.severity = Severity::debug;
  std::vector<Field> fields;
  EXPECT_EQ(read_leef("LEEF:1.0|v|p|1|e|sev=10", record, fields), EventFields::all);
  EXPECT_EQ(record.severity, Severity::debug);
}

TEST(LeefFields, MoreThanThereIsRoomFor_AreLeftInTheText) {
  std::string text = "LEEF:1.0|v|p|1|e|";
  for (std::size_t i = 0; i < kMaxFields; ++i) text += fmt::format("k{}={}\t", i, i);
  const Read got = read(text);
  EXPECT_EQ(got.result, EventFields::some);
  ASSERT_EQ(got.fields.size(), kMaxFields);
  EXPECT_EQ(got.fields.back().name, fmt::format("k{}", kMaxFields - 5));
}

TEST(LeefFields, KeyThatIsTooLong_CannotBeRead) {
  const std::string longest(kMaxEventKey, 'k');
  const std::string text = "LEEF:1.0|v|p|1|e|" + longest + "=1\tx" + longest + "=2\tb=3";
  const Read got = read(text);
  EXPECT_EQ(got.result, EventFields::some);
  ASSERT_EQ(got.fields.size(), 5U);
  EXPECT_EQ(got.fields[4].name, longest);
}

// 4 MiB each: a quadratic reader would take minutes.
TEST(LeefFields, HostileAttributes_TakeLinearTime) {
  constexpr std::size_t kSize = 4 * 1024 * 1024;
  for (const std::string_view unit : {"=", "\t", " ", "k", " \t", "a=\t", "\t="}) {
    std::string text = "LEEF:1.0|v|p|1|e|";
    while (text.size() < kSize) text += unit;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_NE(read(text).result, EventFields::none);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << unit;
  }
}

}  // namespace
}  // namespace logsniffd::record::syslog
