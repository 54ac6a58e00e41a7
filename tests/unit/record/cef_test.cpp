#include "daemon/record/cef.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "daemon/record/structured_data.hpp"
#include "tests/unit/record/security_event_case.hpp"

namespace logsniffd::record {
namespace {

std::vector<SecurityEventCase> cef_cases() {
  return {
      {.name = "Example",
       .source = "Implementing ArcSight CEF, Header Information",
       .text = "CEF:0|Security|threatmanager|1.0|100|worm successfully stopped|10|src=10.0.0.1 dst=2.1.2.2 spt=1232",
       .severity = Severity::crit,
       .fields = {{"cef.vendor", "Security"},
                  {"cef.product", "threatmanager"},
                  {"cef.version", "1.0"},
                  {"cef.signature", "100"},
                  {"cef.name", "worm successfully stopped"},
                  {"cef.severity", "10"},
                  {"src", "10.0.0.1"},
                  {"dst", "2.1.2.2"},
                  {"spt", "1232"}}},
      {.name = "EscapedPipeInHeader",
       .source = "Implementing ArcSight CEF, Character Encoding",
       .text =
           R"(CEF:0|security|threatmanager|1.0|100|detected a \| in message|10|src=10.0.0.1 act=blocked a | dst=1.1.1.1)",
       .severity = Severity::crit,
       .fields = {{"cef.vendor", "security"},
                  {"cef.product", "threatmanager"},
                  {"cef.version", "1.0"},
                  {"cef.signature", "100"},
                  {"cef.name", "detected a | in message"},
                  {"cef.severity", "10"},
                  {"src", "10.0.0.1"},
                  {"act", "blocked a |"},
                  {"dst", "1.1.1.1"}}},
      {.name = "EscapedBackslash",
       .source = "Implementing ArcSight CEF, Character Encoding",
       .text =
           R"(CEF:0|security|threatmanager|1.0|100|detected a \\ in packet|10|src=10.0.0.1 act=blocked a \\ dst=1.1.1.1)",
       .severity = Severity::crit,
       .fields = {{"cef.vendor", "security"},
                  {"cef.product", "threatmanager"},
                  {"cef.version", "1.0"},
                  {"cef.signature", "100"},
                  {"cef.name", R"(detected a \ in packet)"},
                  {"cef.severity", "10"},
                  {"src", "10.0.0.1"},
                  {"act", R"(blocked a \)"},
                  {"dst", "1.1.1.1"}}},
      {.name = "EscapedEqualSign",
       .source = "Implementing ArcSight CEF, Character Encoding",
       .text =
           R"(CEF:0|security|threatmanager|1.0|100|detected a = in message|10|src=10.0.0.1 act=blocked a \= dst=1.1.1.1)",
       .severity = Severity::crit,
       .fields = {{"cef.vendor", "security"},
                  {"cef.product", "threatmanager"},
                  {"cef.version", "1.0"},
                  {"cef.signature", "100"},
                  {"cef.name", "detected a = in message"},
                  {"cef.severity", "10"},
                  {"src", "10.0.0.1"},
                  {"act", "blocked a ="},
                  {"dst", "1.1.1.1"}}},
      {.name = "LineFeedsInAValue",
       .source = "Implementing ArcSight CEF, Character Encoding",
       .text = R"(CEF:0|security|threatmanager|1.0|100|Detected a threat. No action needed.|10|)"
               R"(src=10.0.0.1 msg=Detected a threat.\n No action needed.\r\nThe end)",
       .severity = Severity::crit,
       .fields = {{"cef.vendor", "security"},
                  {"cef.product", "threatmanager"},
                  {"cef.version", "1.0"},
                  {"cef.signature", "100"},
                  {"cef.name", "Detected a threat. No action needed."},
                  {"cef.severity", "10"},
                  {"src", "10.0.0.1"},
                  {"msg", "Detected a threat.\n No action needed.\r\nThe end"}}},
      {.name = "ImpervaSecureSphere",
       .source = "Imperva SecureSphere (CEF configuration guide): a blank in front of the extension, empty values",
       .text =
           "CEF:0|Imperva Inc.|SecureSphere|6.0|Protocol|Double URL Encoding|Low| eventId=1032 proto=TCP "
           "categorySignificance=/Suspicious cs1= cs1Label=Policy cs2=${Alert.serverGroupName} cs2Label=ServerGroup "
           "categoryOutcome=/Attempt",
       .severity = Severity::info,
       .fields = {{"cef.vendor", "Imperva Inc."},
                  {"cef.product", "SecureSphere"},
                  {"cef.version", "6.0"},
                  {"cef.signature", "Protocol"},
                  {"cef.name", "Double URL Encoding"},
                  {"cef.severity", "Low"},
                  {"eventId", "1032"},
                  {"proto", "TCP"},
                  {"categorySignificance", "/Suspicious"},
                  {"cs1", ""},
                  {"cs1Label", "Policy"},
                  {"cs2", "${Alert.serverGroupName}"},
                  {"cs2Label", "ServerGroup"},
                  {"categoryOutcome", "/Attempt"}}},
      {.name = "ImpervaWithoutName",
       .source = "Imperva SecureSphere 10: a header part is empty, and dates hold spaces",
       .text = "CEF:0|Imperva Inc.|SecureSphere|10.0.0.4_16|Page Rate Limit - Source IP||High|act=alert "
               "dst=17.43.200.42 dpt=88 duser=${Alert.username} rt=31 March 2016 13:04:55 cat=Alert",
       .severity = Severity::err,
       .fields = {{"cef.vendor", "Imperva Inc."},
                  {"cef.product", "SecureSphere"},
                  {"cef.version", "10.0.0.4_16"},
                  {"cef.signature", "Page Rate Limit - Source IP"},
                  {"cef.name", ""},
                  {"cef.severity", "High"},
                  {"act", "alert"},
                  {"dst", "17.43.200.42"},
                  {"dpt", "88"},
                  {"duser", "${Alert.username}"},
                  {"rt", "31 March 2016 13:04:55"},
                  {"cat", "Alert"}}},
      {.name = "CheckPointLogExporter",
       .source = "Check Point Log Exporter: distinguished names escaped, severity Unknown",
       .text =
           R"(CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept deviceDirection=0 )"
           R"(rt=1543270652000 spt=57485 dpt=443 cs2Label=Rule Name layer_name=Network )"
           R"(layer_uuid=63b7fe60-76d2-4287-bca5-21af87337b0a ifname=eth1 loguid={0x5bfc70fc,0x1,0xfe65a8c0,0xc0000001} )"
           R"(origin=192.168.101.254 originsicname=CN\=gw80,O\=mgmt..rzuvdb sequencenum=3 version=5 )"
           R"(dst=192.168.101.100 product=VPN-1 & FireWall-1 proto=6 src=192.168.101.1)",
       .severity = std::nullopt,
       .fields = {{"cef.vendor", "Check Point"},
                  {"cef.product", "VPN-1 & FireWall-1"},
                  {"cef.version", "Check Point"},
                  {"cef.signature", "Log"},
                  {"cef.name", "https"},
                  {"cef.severity", "Unknown"},
                  {"act", "Accept"},
                  {"deviceDirection", "0"},
                  {"rt", "1543270652000"},
                  {"spt", "57485"},
                  {"dpt", "443"},
                  {"cs2Label", "Rule Name"},
                  {"layer_name", "Network"},
                  {"layer_uuid", "63b7fe60-76d2-4287-bca5-21af87337b0a"},
                  {"ifname", "eth1"},
                  {"loguid", "{0x5bfc70fc,0x1,0xfe65a8c0,0xc0000001}"},
                  {"origin", "192.168.101.254"},
                  {"originsicname", "CN=gw80,O=mgmt..rzuvdb"},
                  {"sequencenum", "3"},
                  {"version", "5"},
                  {"dst", "192.168.101.100"},
                  {"product", "VPN-1 & FireWall-1"},
                  {"proto", "6"},
                  {"src", "192.168.101.1"}}},
      {.name = "FortinetFortiGate",
       .source = "Fortinet FortiOS, CEF support: a URL with a query that is not escaped",
       .text =
           "CEF:0|Fortinet|Fortigate|v6.0.3|13312|utm:webfilter ftgd_blk blocked|4|deviceExternalId=FGT5HD3915800610 "
           "FTNTFGTlogid=0316013056 cat=utm:webfilter FTNTFGTsubtype=webfilter FTNTFGTvd=vdom1 src=10.1.100.11 "
           "spt=59194 request=http://example.com/?q=a&b=c msg=URL belongs to a denied category in policy "
           "FTNTFGTcatdesc=Malicious Websites",
       .severity = Severity::warning,
       .fields = {{"cef.vendor", "Fortinet"},
                  {"cef.product", "Fortigate"},
                  {"cef.version", "v6.0.3"},
                  {"cef.signature", "13312"},
                  {"cef.name", "utm:webfilter ftgd_blk blocked"},
                  {"cef.severity", "4"},
                  {"deviceExternalId", "FGT5HD3915800610"},
                  {"FTNTFGTlogid", "0316013056"},
                  {"cat", "utm:webfilter"},
                  {"FTNTFGTsubtype", "webfilter"},
                  {"FTNTFGTvd", "vdom1"},
                  {"src", "10.1.100.11"},
                  {"spt", "59194"},
                  {"request", "http://example.com/?q=a&b=c"},
                  {"msg", "URL belongs to a denied category in policy"},
                  {"FTNTFGTcatdesc", "Malicious Websites"}}},
      {.name = "PaloAltoPanOs",
       .source = "Palo Alto Networks PAN-OS 10, CEF configuration guide, TRAFFIC",
       .text = "CEF:0|Palo Alto Networks|PAN-OS|10.0.0|end|TRAFFIC|1|rt=Mar 01 2021 20:48:21 GMT "
               "deviceExternalId=xxxxxxxxxxxxx src=192.0.2.10 dst=198.51.100.7 suser=paloaltonetwork\\\\xxxxx "
               "app=web-browsing cs1Label=Rule cs1=allow-business-apps flexString1Label=Flags flexString1=0x400000 "
               "PanOSPacketsReceived=4 reason=tcp-fin",
       .severity = Severity::info,
       .fields = {{"cef.vendor", "Palo Alto Networks"},
                  {"cef.product", "PAN-OS"},
                  {"cef.version", "10.0.0"},
                  {"cef.signature", "end"},
                  {"cef.name", "TRAFFIC"},
                  {"cef.severity", "1"},
                  {"rt", "Mar 01 2021 20:48:21 GMT"},
                  {"deviceExternalId", "xxxxxxxxxxxxx"},
                  {"src", "192.0.2.10"},
                  {"dst", "198.51.100.7"},
                  {"suser", "paloaltonetwork\\xxxxx"},
                  {"app", "web-browsing"},
                  {"cs1Label", "Rule"},
                  {"cs1", "allow-business-apps"},
                  {"flexString1Label", "Flags"},
                  {"flexString1", "0x400000"},
                  {"PanOSPacketsReceived", "4"},
                  {"reason", "tcp-fin"}}},
      {.name = "TrendMicroDeepSecurity",
       .source = "Trend Micro Deep Security, syslog message formats: a Windows path that is not escaped",
       .text =
           R"(CEF:0|Trend Micro|Deep Security Agent|10.2.229|6001200|AppControl detectOnly|6|cn1=202 cn1Label=Host ID )"
           R"(dvc=192.168.33.128 TrendMicroDsTenant=Primary suid=0 filePath=C:\Windows\System32\notepad.exe )"
           R"(act=detectOnly cs1=Low\nMedium)",
       .severity = Severity::warning,
       .fields = {{"cef.vendor", "Trend Micro"},
                  {"cef.product", "Deep Security Agent"},
                  {"cef.version", "10.2.229"},
                  {"cef.signature", "6001200"},
                  {"cef.name", "AppControl detectOnly"},
                  {"cef.severity", "6"},
                  {"cn1", "202"},
                  {"cn1Label", "Host ID"},
                  {"dvc", "192.168.33.128"},
                  {"TrendMicroDsTenant", "Primary"},
                  {"suid", "0"},
                  {"filePath", "C:\\Windows\\System32\notepad.exe"},  // \n is an escape, whatever the sender meant
                  {"act", "detectOnly"},
                  {"cs1", "Low\nMedium"}}},
      {.name = "VersionOneWithoutExtension",
       .source = "CEF 1 (revision 26)",
       .text = "CEF:1|Security|threatmanager|1.0|100|stopped|Very-High|",
       .severity = Severity::crit,
       .fields = {{"cef.vendor", "Security"},
                  {"cef.product", "threatmanager"},
                  {"cef.version", "1.0"},
                  {"cef.signature", "100"},
                  {"cef.name", "stopped"},
                  {"cef.severity", "Very-High"}}},
      {.name = "WithoutTheLastPipe",
       .source = "scripts that have no extension to send",
       .text = "CEF:0|Red Hat|RHEL|8.0.0|100|SSH login|5",
       .severity = Severity::warning,
       .fields = {{"cef.vendor", "Red Hat"},
                  {"cef.product", "RHEL"},
                  {"cef.version", "8.0.0"},
                  {"cef.signature", "100"},
                  {"cef.name", "SSH login"},
                  {"cef.severity", "5"}}},
      {.name = "ExtensionWithoutPairs",
       .source = "hand-made: text where the extension should be",
       .text = "CEF:0|v|p|1|100|n|seven|no pairs here, a=b",
       .severity = std::nullopt,
       .fields = {{"cef.vendor", "v"},
                  {"cef.product", "p"},
                  {"cef.version", "1"},
                  {"cef.signature", "100"},
                  {"cef.name", "n"},
                  {"cef.severity", "seven"}},
       .read = EventFields::some},
      {.name = "BackslashesAtTheEnds",
       .source = "hand-made: a backslash that escapes nothing is itself",
       .text = "CEF:0|\\v|p\\\\|1\\x|1|n|0|a=\\ b=\\q\\\\ c=\\",
       .severity = Severity::info,
       .fields = {{"cef.vendor", "\\v"},
                  {"cef.product", "p\\"},
                  {"cef.version", "1\\x"},
                  {"cef.signature", "1"},
                  {"cef.name", "n"},
                  {"cef.severity", "0"},
                  {"a", "\\"},
                  {"b", "\\q\\"},
                  {"c", "\\"}}},
      {.name = "SpacesAndEqualSigns",
       .source = "hand-made: several separators, '=' at a value's start, base64's padding",
       .text = "CEF:0|v|p|1|1|n|7|  a==x\t b=  y  z \t c=dGVzdA== d=",
       .severity = Severity::err,
       .fields = {{"cef.vendor", "v"},
                  {"cef.product", "p"},
                  {"cef.version", "1"},
                  {"cef.signature", "1"},
                  {"cef.name", "n"},
                  {"cef.severity", "7"},
                  {"a", "=x"},
                  {"b", "  y  z"},
                  {"c", "dGVzdA=="},
                  {"d", ""}}},
  };
}

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

// Fields are there from the header's end on, and a cut never makes one that the whole text does not begin with.
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

// What is quadratic takes minutes here: 4 MiB each.
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
}  // namespace logsniffd::record
