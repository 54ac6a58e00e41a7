// Figures as text for people.
#include "daemon/cli/figures.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace logsniffd::cli {
namespace {

using control::Json;

TEST(Figures, Count_HasGroupsOfThreeDigits) {
  EXPECT_EQ(count_of(0), "0");
  EXPECT_EQ(count_of(999), "999");
  EXPECT_EQ(count_of(1000), "1,000");
  EXPECT_EQ(count_of(-1234567), "-1,234,567");
  EXPECT_EQ(count_of("7"), "-");
}

TEST(Figures, Rate_IsShort) {
  EXPECT_EQ(rate_of(0), "0.0");
  EXPECT_EQ(rate_of(9.46), "9.5");
  EXPECT_EQ(rate_of(12345), "12k");
  EXPECT_EQ(rate_of(nullptr), "-");
}

TEST(Figures, Size_HasAUnit) {
  EXPECT_EQ(size_of(1023), "1023 B");
  EXPECT_EQ(size_of(1536), "1.5 KiB");
  EXPECT_EQ(size_of(67108864), "64 MiB");
  EXPECT_EQ(size_of(Json::array()), "-");
}

TEST(Figures, Span_HasItsTwoLargestUnits) {
  EXPECT_EQ(span_of(59), "59 s");
  EXPECT_EQ(span_of(61), "1 min 1 s");
  EXPECT_EQ(span_of(3700), "1 h 1 min");
  EXPECT_EQ(span_of(90000), "1 d 1 h");
  EXPECT_EQ(ago(5), "5 s ago");
  EXPECT_EQ(ago(nullptr), "never");
}

TEST(Figures, CountsByReason_AreThoseThatAreNotZero) {
  const Json counts = {{"severity", 0}, {"match", 12}, {"exclude", 3}, {"odd", "x"}};
  EXPECT_EQ(counts_of(counts), "match 12, exclude 3");
  EXPECT_EQ(sum_of(counts), 15U);
  EXPECT_EQ(counts_of({{"match", 0}}), "0");
  EXPECT_EQ(counts_of({{"a\x1b", 1}}), "a\\x1b 1");
}

TEST(Figures, Counter_IsAWholeNumberFromZero) {
  EXPECT_EQ(counter_of(0), 0U);
  EXPECT_EQ(counter_of(std::numeric_limits<std::uint64_t>::max()), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(counter_of(-1), std::nullopt);
  EXPECT_EQ(counter_of(1.5), std::nullopt);
  EXPECT_EQ(counter_of(nullptr), std::nullopt);
}

}  // namespace
}  // namespace logsniffd::cli
