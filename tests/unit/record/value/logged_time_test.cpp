#include "daemon/record/value/logged_time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/moment.hpp"

namespace logsniffd::record::value {
namespace {

using namespace test;

std::string read(std::string_view text) {
  const std::optional<PacketTime> time = read_logged_time(text, moment(kCapturedAt));
  return time ? to_text(*time) : "none";
}

TEST(LoggedTime, Numbers_ByTheirMagnitude) {
  EXPECT_EQ(read("1715356800"), "2024-05-10 16:00:00");
  EXPECT_EQ(read("1715356800.5211482"), "2024-05-10 16:00:00.5211482");
  EXPECT_EQ(read("1715356800123"), "2024-05-10 16:00:00.123");
  EXPECT_EQ(read("1715356800,123"), "2024-05-10 16:00:00.123");
  EXPECT_EQ(read("1715356800123.5"), "2024-05-10 16:00:00.1235");
  EXPECT_EQ(read("1715356800123456"), "2024-05-10 16:00:00.123456");
  EXPECT_EQ(read("1715356800123456789"), "2024-05-10 16:00:00.123456789");
  EXPECT_EQ(read("100000000"), "1973-03-03 09:46:40");
  EXPECT_EQ(read("100000000000"), "1973-03-03 09:46:40");
  EXPECT_EQ(read("100000000000000"), "1973-03-03 09:46:40");
  EXPECT_EQ(read("100000000000000000"), "1973-03-03 09:46:40");
  EXPECT_EQ(read("9223372036"), "2262-04-11 23:47:16");
}

TEST(LoggedTime, Exponents) {
  EXPECT_EQ(read("1.715356800123E9"), "2024-05-10 16:00:00.123");
  EXPECT_EQ(read("1.7153568e+09"), "2024-05-10 16:00:00");
  EXPECT_EQ(read("1715356800123e-3"), "2024-05-10 16:00:00.123");
  EXPECT_EQ(read("1.715356800123456789e18"), "2024-05-10 16:00:00.123456789");
}

TEST(LoggedTime, NumbersThatAreNoTime) {
  for (const std::string_view text : {"",
                                      "0",
                                      "1",
                                      "12345678",
                                      "99999999",
                                      "99999999.9",
                                      "12345678901",
                                      "9223372037",
                                      "9999999999",
                                      "99999999999",
                                      "9999999999999999999",
                                      "18446744073709551616",
                                      "-1715356800",
                                      "+1715356800",
                                      "01715356800",
                                      "1715356800.",
                                      ".1715356800",
                                      "1715356800e",
                                      "1715356800e+",
                                      "1715356800e999",
                                      "1e9",
                                      "1e-9",
                                      "1715356800 ",
                                      " 1715356800",
                                      "1715356800x",
                                      "0x1715356800",
                                      "1715356800.1.2",
                                      "1e99",
                                      "1715356800e-99"}) {
    EXPECT_EQ(read(text), text == "1e9" ? "2001-09-09 01:46:40" : "none") << text;
  }
  EXPECT_EQ(read(std::string(100'000, '1')), "none");
  EXPECT_EQ(read("1715356800." + std::string(98, '0')), "2024-05-10 16:00:00");
}

TEST(LoggedTime, Texts) {
  EXPECT_EQ(read("2024-05-10T16:00:00Z"), "2024-05-10 16:00:00");
  EXPECT_EQ(read("2024-05-10T18:00:00.123456789+02:00"), "2024-05-10 16:00:00.123456789");
  EXPECT_EQ(read("2024-05-10T18:00:00.123+0200"), "2024-05-10 16:00:00.123");
  EXPECT_EQ(read("2024-05-10T18:00:00"), "2024-05-10 16:00:00");  // in the zone of the process
  EXPECT_EQ(read("2024-05-10 18:00:00,678"), "2024-05-10 16:00:00.678");
  EXPECT_EQ(read("2024-05-10 16:00:00.678Z"), "2024-05-10 16:00:00.678");
  EXPECT_EQ(read("2024-05-10 16:00:00+00:00"), "2024-05-10 16:00:00");
}

struct Written {
  std::string_view text;
  std::string_view by;
};

// One instant in many forms. The writer of a form is named if it is not obvious.
constexpr Written kMilliseconds[] = {
    {"2026-09-21T14:11:18.123Z", "RFC 3339"},
    {"2026-09-21t14:11:18.123z", "RFC 3339 in lower case"},
    {"2026-09-21T14:11:18,123Z", "ISO 8601"},
    {"2026-09-21 14:11:18.123Z", ""},
    {"2026-09-21 14:11:18,123 UTC", "log4j: %d{ISO8601} %d{z}"},
    {"2026-09-21 14:11:18.123 UTC", "PostgreSQL"},
    {"2026-09-21 14:11:18.123 GMT", ""},
    {"2026-09-21 14:11:18.123UTC", ""},
    {"2026-09-21 14:11:18.123 Z", ""},
    {"2026-09-21T14:11:18.123+00:00", ""},
    {"2026-09-21T14:11:18.123 +0000", ""},
    {"2026-09-21 14:11:18.123 +0000", "Ruby"},
    {"2026-09-21 14:11:18.123+00", "PostgreSQL"},
    {"2026-09-21 16:11:18.123 +02:00", ""},
    {"2026-09-21 07:41:18.123-06:30", ""},
    {"2026-09-21T14:11:18.123Z[UTC]", "ZonedDateTime"},
    {"2026-09-21T14:11:18.123[UTC]", ""},
    {"2026-09-21T14:11:18.123 [Etc/UTC]", ""},
    {"2026-09-21T16:11:18.123+02:00[Europe/Berlin]", "ZonedDateTime"},
    {"2026-09-21T16:11:18.123+02:00[Europe/Berlin][u-ca=gregory]", "RFC 9557"},
    {"2026-09-21 14:11:18.123 UTC+00:00", ""},
    {"2026-09-21 16:11:18.123 GMT+02:00", "Java"},
    {"2026-09-21 14:11:18.123 +0000 UTC", "Go's Time.String()"},
    {"2026-09-21 14:11:18.123 +0000 UTC m=+0.000012345", "Go"},
    {"2026-09-21 16:11:18.123 +0200 CEST m=-12.5", "Go"},
    {"2026-09-21 17:11:18.123 +0300 +03", "Go"},
    {"2026/09/21 14:11:18.123 +0000", ""},
    {"2026/09/21 16:11:18.123", "nginx, Go: the zone of the process"},
    {"21/Sep/2026:14:11:18.123 +0000", "Apache: %{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t"},
    {"[21/Sep/2026:14:11:18.123 +0000]", "Apache"},
    {"21/Sep/2026:16:11:18.123", "HAProxy: the zone of the process"},
    {"21-Sep-2026 16:11:18.123", "BIND, Tomcat: the zone of the process"},
    {"Mon Sep 21 16:11:18.123 2026", "Apache's error log: the zone of the process"},
    {"1789999878.123", ""},
    {"1789999878123", ""},
    {"1789999878123000", ""},
    {"1789999878123000000", ""},
};
constexpr Written kSeconds[] = {
    {"Mon, 21 Sep 2026 14:11:18 GMT", "HTTP"},
    {"Mon, 21 Sep 2026 14:11:18 UTC", "Go's RFC1123"},
    {"Mon, 21 Sep 2026 16:11:18 +0200", "mail"},
    {"Mon, 21 Sep 2026 16:11:18 +0200 (CEST)", "mail"},
    {"21 Sep 2026 14:11:18 GMT", ""},
    {"21/Sep/2026:14:11:18 +0000", "Apache"},
    {"[21/Sep/2026:14:11:18 +0000]", "Apache"},
    {"21-Sep-2026 14:11:18 UTC", "PHP"},
    {"Mon Sep 21 16:11:18 2026", "asctime: the zone of the process"},
    {"Mon Sep 21 14:11:18 UTC 2026", "date, Java's Date"},
    {"Mon Sep 21 16:11:18 +0200 2026", "Go's RubyDate"},
    {"Sep 21 14:11:18 2026 UTC", "OpenSSL"},
    {"Mon Sep 21 2026 14:11:18 GMT+0000 (Coordinated Universal Time)", "JavaScript"},
    {"Mon Sep 21 2026 16:11:18 GMT+0200 (Central European Summer Time)", "JavaScript"},
    {"1789999878", ""},
    {"1.789999878e9", ""},
};

TEST(LoggedTime, AsLoggersPrintIt) {
  for (const auto& [text, by] : kMilliseconds) EXPECT_EQ(read(text), "2026-09-21 14:11:18.123") << text << ' ' << by;
  for (const auto& [text, by] : kSeconds) EXPECT_EQ(read(text), "2026-09-21 14:11:18") << text << ' ' << by;
  EXPECT_EQ(read("Wed, 09 Sep 2026 14:11:18 GMT"), "2026-09-09 14:11:18");
  EXPECT_EQ(read("Wed,  9 Sep 2026 14:11:18 GMT"), "2026-09-09 14:11:18");
  EXPECT_EQ(read("9 Sep 2026 14:11:18 GMT"), "2026-09-09 14:11:18");
  EXPECT_EQ(read("Wed Sep  9 14:11:18 UTC 2026"), "2026-09-09 14:11:18");
  EXPECT_EQ(read("2026-12-31 23:59:59.999999999 -1200"), "2027-01-01 11:59:59.999999999");
}

// The reader cannot know the offset of a zone name, or the order of day and month.
TEST(LoggedTime, WhatCouldOnlyBeGuessed_IsNoTime) {
  for (const std::string_view text : {"2026-09-21 14:11:18 CEST",
                                      "2026-09-21 14:11:18.123 PST",
                                      "2026-09-21T14:11:18[Europe/Berlin]",
                                      "2026-09-21 14:11:18 [main]",
                                      "2026-09-21T14:11:18Z[",
                                      "2026-09-21T14:11:18Z[]",
                                      "2026-09-21T14:11:18Z[UTC",
                                      "2026-09-21 14:11:18 Europe/Berlin",
                                      "Mon Sep 21 14:11:18 CEST 2026",
                                      "21-Sep-2026 14:11:18 Europe/Berlin",
                                      "Mon, 21 Sep 2026 14:11:18 EST",
                                      "Sep 21 14:11:18",
                                      "Mon Sep 21 14:11:18",
                                      "9/21/2026 14:11:18",
                                      "21/09/2026 14:11:18",
                                      "09-21-2026 14:11:18 UTC",
                                      "21.09.2026 14:11:18",
                                      "2026-09-21 14:11:18 UTC CEST x",
                                      "2026-09-21 14:11:18 utc",
                                      "2026-09-21 14:11:18 GMTX",
                                      "2026-09-21 14:11:18 +25:00",
                                      "2026-09-21 14:11:18 +02:",
                                      "2026-09-21 14:11:18 +020",
                                      "2026-09-21 14:11:18 +2",
                                      "2026-09-21 14:11:18 +02:60",
                                      "2026-09-21/14:11:18 UTC",
                                      "2026-09/21 14:11:18 UTC",
                                      "21/Sep-2026:14:11:18 +0000",
                                      "21-Sep-2026:14:11:18 +0000",
                                      "2026-09-21  14:11:18Z",
                                      "31 Jun 2026 14:11:18 GMT",
                                      "21 Foo 2026 14:11:18 GMT",
                                      "Foo, 21 Sep 2026 14:11:18 GMT",
                                      "20260921141118",
                                      "2026-09-21 14:11:18 m=+0.1",
                                      "2026-09-21 14:11:18 +0000 UTC m=",
                                      "2026-09-21 14:11:18 +0000 UTC m=+1",
                                      "[2026-09-21 14:11:18 UTC",
                                      "2026-09-21 14:11:18 UTC]",
                                      "Mon Sep 21 14:11:18 2026 CEST",
                                      "2026-09-21 14:11:18 "}) {
    EXPECT_EQ(read(text), "none") << text;
  }
  EXPECT_EQ(read("2026-09-21T14:11:18Z[" + std::string(1000, 'x') + "]"), "none");
}

TEST(LoggedTime, TextsThatAreNoTime) {
  for (const std::string_view text :
       {"2024-05-10", "2024-05-10 ", "2024-05-10T", "2024-05-10T16:00", "2024-05-10T16:00:00Z x",
        "2024-13-10T16:00:00Z", "2024-05-10T25:00:00Z", "2024-05-10x16:00:00Z", "10.05.2024 16:00:00",
        "May 10 16:00:00", "soon", "2024-05-10 :", "2024-05-10T16:00:00Z:", "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59Z", "2024-05-10 16:00:00.000000000000000000000000000000000000"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(LoggedTime, EveryTruncation_IsSurvived) {
  for (const std::string_view whole :
       {"2024-05-10T18:00:00.123456789+02:00", "1.715356800123E+09", "2026-09-21T16:11:18.123+02:00[Europe/Berlin]",
        "2026-09-21 16:11:18.123 +0200 CEST m=-12.5", "Mon Sep 21 2026 16:11:18 GMT+0200 (CEST)",
        "[21/Sep/2026:14:11:18.123 +0000]", "Mon, 21 Sep 2026 14:11:18 GMT", "Mon Sep 21 14:11:18 UTC 2026"}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string exact(whole.substr(0, size));
      static_cast<void>(read(exact));
    }
  }
  EXPECT_EQ(read("2024-05-10T18:00:0"), "none");
  EXPECT_EQ(read("1.715356800123E+"), "none");
}

}  // namespace
}  // namespace logsniffd::record::value
