#include "daemon/cli/unified_diff.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace logsniffd::cli {
namespace {

// The lines from `first` to `last`, with the number of each.
std::string numbered(int first, int last) {
  std::string text;
  for (int number = first; number <= last; ++number) text += fmt::format("{}\n", number);
  return text;
}

TEST(UnifiedDiff, EqualTexts_HaveNone) {
  EXPECT_EQ(unified_diff("", ""), "");
  EXPECT_EQ(unified_diff("a\nb", "a\nb"), "");
}

TEST(UnifiedDiff, ChangedLine_StandsBetweenThreeLinesOfContext) {
  const std::string before = numbered(1, 9);
  std::string after = before;
  after.replace(after.find("5\n"), 2, "five\n");
  EXPECT_EQ(unified_diff(before, after), "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, AllLinesNew_OrGone) {
  EXPECT_EQ(unified_diff("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
  EXPECT_EQ(unified_diff("a\nb\n", ""), "@@ -1,2 +0,0 @@\n-a\n-b\n");
}

TEST(UnifiedDiff, ChangesSixLinesApart_ShareAHunk) {
  EXPECT_EQ(unified_diff("x\n" + numbered(1, 6) + "y\n", numbered(1, 6)),
            "@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n");
}

TEST(UnifiedDiff, ChangesSevenLinesApart_AreTwoHunks) {
  EXPECT_EQ(unified_diff("x\n" + numbered(1, 7) + "y\n", numbered(1, 7)),
            "@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n");
}

TEST(UnifiedDiff, MissingLineFeedAtTheEnd_IsADifference) {
  EXPECT_EQ(unified_diff("a\nb", "a\nb\n"), "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
}

// So many differences that the library works in several rounds.
TEST(UnifiedDiff, ThousandsOfDifferences_AreAllShownWithTheirNumbers) {
  const std::string before = numbered(1, 3000);
  const std::string after = numbered(10'001, 13'000) + "end\n";
  const std::string diff = unified_diff(before, after);
  EXPECT_TRUE(diff.starts_with("@@ -1,3000 +1,3001 @@\n")) << diff.substr(0, 200);
  EXPECT_EQ(std::count(diff.begin(), diff.end(), '\n'), 6002);
}

}  // namespace
}  // namespace logsniffd::cli
