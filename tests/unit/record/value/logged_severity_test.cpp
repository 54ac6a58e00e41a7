#include "daemon/record/value/logged_severity.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace logsniffd::record::value {
namespace {

std::string name(std::optional<Severity> severity) { return severity ? std::string(to_string(*severity)) : "none"; }

TEST(LoggedSeverity, Words_InAnyCase) {
  for (const auto& [word, expected] : {
           std::pair{"trace", "debug"},
           {"Verbose", "debug"},
           {"silly", "debug"},
           {"FINEST", "debug"},
           {"debug", "debug"},
           {"DEBUG-4", "debug"},
           {"info", "info"},
           {"INFO ", "info"},
           {"Information", "info"},
           {"INFO+2", "info"},
           {"notice", "notice"},
           {"warn", "warning"},
           {"WARNING", "warning"},
           {"err", "err"},
           {"ERROR", "err"},
           {"SEVERE", "err"},
           {"fatal", "crit"},
           {"critical", "crit"},
           {"dpanic", "crit"},
           {"Crit", "crit"},
           {"alert", "alert"},
           {"panic", "emerg"},
           {"EMERGENCY", "emerg"},
           {"emerg", "emerg"},
           {"", "none"},
           {" info", "none"},
           {"infos", "none"},
           {"inf", "none"},
           {"+2", "none"},
           {"DEFAULT", "none"},
           {"blue", "none"},
           {"i", "none"},
       }) {
    EXPECT_EQ(name(read_severity(word)), expected) << word;
  }
  EXPECT_EQ(name(read_severity(std::string(100'000, 'x'))), "none");
}

TEST(LoggedSeverity, SyslogsKeywords_AreThemselves) {
  for (const std::string_view keyword : kSeverityNames) EXPECT_EQ(name(read_severity(keyword)), keyword);
}

TEST(LoggedSeverity, Numbers_OfSyslogBunyanAndMonolog) {
  for (std::size_t i = 0; i < kSeverityNames.size(); ++i) {
    EXPECT_EQ(name(read_severity(std::to_string(i))), kSeverityNames[i]);
  }
  for (const auto& [number, expected] : {
           std::pair{"8", "none"}, {"9", "none"},     {"10", "debug"},  {"20", "debug"},   {"30", "info"},
           {"35", "info"},         {"40", "warning"}, {"50", "err"},    {"60", "crit"},    {"65", "crit"},
           {"70", "none"},         {"99", "none"},    {"100", "debug"}, {"200", "info"},   {"250", "notice"},
           {"300", "warning"},     {"400", "err"},    {"500", "crit"},  {"550", "alert"},  {"600", "emerg"},
           {"601", "none"},        {"999", "none"},   {"1000", "none"}, {"20000", "none"}, {"-1", "none"},
           {"3.0", "none"},        {"0x3", "none"},   {"13", "none"},   {"17", "none"},    {"69", "none"},
       }) {
    EXPECT_EQ(name(read_severity(number)), expected) << number;
  }
}

TEST(LoggedSeverity, PythonsNumbers_AreItsOwn) {
  for (const auto& [number, expected] : {std::pair{"10", "debug"},
                                         {"20", "info"},
                                         {"25", "info"},
                                         {"30", "warning"},
                                         {"40", "err"},
                                         {"50", "crit"},
                                         {"0", "none"},
                                         {"60", "none"},
                                         {"x", "none"}}) {
    EXPECT_EQ(name(read_python_severity(number)), expected) << number;
  }
}

TEST(LoggedSeverity, Letters) {
  for (const auto& [letter, expected] : {std::pair{"F", "crit"},
                                         {"E", "err"},
                                         {"W", "warning"},
                                         {"I", "info"},
                                         {"D", "debug"},
                                         {"D1", "debug"},
                                         {"D5", "debug"},
                                         {"D6", "none"},
                                         {"I1", "none"},
                                         {"i", "none"},
                                         {"", "none"},
                                         {"X", "none"},
                                         {"D11", "none"}}) {
    EXPECT_EQ(name(read_severity_letter(letter)), expected) << letter;
  }
}

}  // namespace
}  // namespace logsniffd::record::value
