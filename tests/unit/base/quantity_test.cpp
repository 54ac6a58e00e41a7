#include "daemon/base/quantity.hpp"

#include <gtest/gtest.h>

#include <array>

namespace logsniffd {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, EverySizeUnit_Parses) {
  EXPECT_EQ(parse_size("7B"), 7U);
  EXPECT_EQ(parse_size("64KiB"), 65'536U);
  EXPECT_EQ(parse_size("32MiB"), 33'554'432U);
  EXPECT_EQ(parse_size("2GiB"), 2'147'483'648U);
  EXPECT_EQ(parse_size("0B"), 0U);
}

TEST(Quantity, EveryTimeUnit_Parses) {
  EXPECT_EQ(parse_duration("3us"), 3us);
  EXPECT_EQ(parse_duration("50ms"), 50ms);
  EXPECT_EQ(parse_duration("2s"), 2s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("1d"), 24h);
}

TEST(Quantity, AnythingElse_IsRefused) {
  for (const std::string_view text :
       {"", "5", "KiB", "5 KiB", "-5KiB", "+5KiB", "1.5KiB", "5kib", "5KB", "5KiBs", "5s"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
  for (const std::string_view text :
       {"", "5", "s", "5 s", "-5s", "+5s", "1.5s", "5S", "5sec", "5ns", "5KiB", "1m30s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Quantity, AtTheEdgeOf63Bits_LastFitsNextDoesNot) {
  EXPECT_EQ(parse_size("9223372036854775807B"), 9'223'372'036'854'775'807U);
  EXPECT_EQ(parse_size("9223372036854775808B"), std::nullopt);
  EXPECT_EQ(parse_size("8589934591GiB"), 8'589'934'591U << 30);
  EXPECT_EQ(parse_size("8589934592GiB"), std::nullopt);
  EXPECT_EQ(parse_size("99999999999999999999B"), std::nullopt);
  EXPECT_EQ(parse_duration("106751d"), 106'751 * 24h);
  EXPECT_EQ(parse_duration("106752d"), std::nullopt);
}

TEST(Quantity, Formatted_IsShortestExactForm) {
  EXPECT_EQ(format_size(65'536), "64KiB");
  EXPECT_EQ(format_size(65'537), "65537B");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(1'500ms), "1500ms");
  EXPECT_EQ(format_duration(24h), "1d");
}

TEST(Quantity, FormattedSizes_ParseToThemselves) {
  for (const std::uint64_t bytes : std::array<std::uint64_t, 7>{0, 1, 1'023, 1'024, 1'048'576, 1'048'577, 1ULL << 40}) {
    EXPECT_EQ(parse_size(format_size(bytes)), bytes);
  }
}

}  // namespace
}  // namespace logsniffd
