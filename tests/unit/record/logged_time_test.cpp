#include "daemon/record/logged_time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/record/moment.hpp"
#include "tests/unit/record/syslog_case.hpp"

namespace logsniffd::record {
namespace {

std::string read(std::string_view text) {
  const std::optional<PacketTime> time = read_logged_time(text, moment(kCapturedAt));
  return time ? to_text(*time) : "none";
}

TEST(LoggedTime, Numbers_ByTheirMagnitude) {
  EXPECT_EQ(read("1715356800"), "2024-05-10 16:00:00");
  EXPECT_EQ(read("1715356800.5211482"), "2024-05-10 16:00:00.5211482");
  EXPECT_EQ(read("1715356800123"), "2024-05-10 16:00:00.123");
  EXPECT_EQ(read("1715356800123.5"), "2024-05-10 16:00:00.1235");
  EXPECT_EQ(read("1715356800123456"), "2024-05-10 16:00:00.123456");
  EXPECT_EQ(read("1715356800123456789"), "2024-05-10 16:00:00.12345678");  // 18 digits are looked at
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
  EXPECT_EQ(read("1.715356800123456789e18"), "2024-05-10 16:00:00.12345678");
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
  EXPECT_EQ(read("2024-05-10T18:00:00"), "2024-05-10 16:00:00");  // the zone of the process
  EXPECT_EQ(read("2024-05-10 18:00:00,678"), "2024-05-10 16:00:00.678");
  EXPECT_EQ(read("2024-05-10 16:00:00.678Z"), "2024-05-10 16:00:00.678");
  EXPECT_EQ(read("2024-05-10 16:00:00+00:00"), "2024-05-10 16:00:00");
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
  for (const std::string_view whole : {"2024-05-10T18:00:00.123456789+02:00", "1.715356800123E+09"}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string exact(whole.substr(0, size));
      static_cast<void>(read(exact));
    }
  }
  EXPECT_EQ(read("2024-05-10T18:00:0"), "none");
  EXPECT_EQ(read("1.715356800123E+"), "none");
}

}  // namespace
}  // namespace logsniffd::record
