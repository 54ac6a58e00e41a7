#include "daemon/sink/file/rotated_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace logsniffd::sink::file {
namespace {

using namespace std::chrono_literals;

constexpr Stamp kStamp{std::chrono::seconds(1773052064) + 16ms};  // 2026-03-09 10:27:44.016 UTC

TEST(RotatedName, SaysWhen) { EXPECT_EQ(rotated_name("app.log", kStamp), "app.log.20260309-102744.016"); }

TEST(RotatedName, IsReadAsItWasWritten) {
  for (const Compression compression : {Compression::none, Compression::gzip, Compression::zstd}) {
    const std::string name = rotated_name("a.20260309-102744.016", kStamp) + std::string(suffix_of(compression));
    const auto parsed = parse_rotated(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(parsed->base, "a.20260309-102744.016");
    EXPECT_EQ(parsed->stamp, kStamp);
    EXPECT_EQ(parsed->compression, compression);
  }
}

TEST(RotatedName, WhatIsOnlyAlike_IsNone) {
  for (const char* const name : {"",
                                 "app.log",
                                 "app.log.gz",
                                 "app.log.1",
                                 "app.log.20260309",
                                 "app.log.20260309-102744",
                                 "app.log.20260309-102744.16",
                                 "app.log.20260309-102744.0166",
                                 "app.log.20260309_102744.016",
                                 "app.log.20261309-102744.016",
                                 "app.log.20260229-102744.016",
                                 "app.log.20260309-242744.016",
                                 "app.log.20260309-106044.016",
                                 "app.log.20260309-102760.016",
                                 "app.log.20260309-102744.016.xz",
                                 "app.log.20260309-102744.016.gz.gz",
                                 "app.log.20260309-102744.016.gz.tmp",
                                 "app.log.20260309-102744.016~",
                                 ".20260309-102744.016",
                                 "app.log.2026030a-102744.016",
                                 "app.log.+0260309-102744.016"}) {
    EXPECT_FALSE(parse_rotated(name)) << name;
  }
}

TEST(RotatedName, Names_SortByAge) {
  std::vector<std::string> names;
  for (const auto after : {0ms, 1ms, 984ms, 60s + 0ms, 24h + 0ms, 24h * 300 + 0ms}) {
    names.push_back(rotated_name("app.log", kStamp + after));
    if (names.size() % 2 == 0) names.back() += ".zst";
  }
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(RotatedName, TemporaryName_IsHiddenAndReadAgain) {
  const std::string rotated = rotated_name("app.log", kStamp);
  EXPECT_EQ(temporary_name(rotated, Compression::zstd), ".app.log.20260309-102744.016.zst.tmp");
  EXPECT_EQ(temporary_name(rotated, Compression::zstd).size(), std::string("app.log").size() + kRotatedExtra);
  EXPECT_EQ(parse_temporary(temporary_name(rotated, Compression::gzip)).value().stamp, kStamp);
  for (const char* const name : {"", ".", ".tmp", ".x.tmp", "app.log.20260309-102744.016.zst.tmp",
                                 ".app.log.20260309-102744.016.tmp", ".app.log.20260309-102744.016.zst"}) {
    EXPECT_FALSE(parse_temporary(name)) << name;
  }
}

}  // namespace
}  // namespace logsniffd::sink::file
