#include "daemon/sink/error_reports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace logsniffd::sink {
namespace {

using namespace std::chrono_literals;
using testing::Eq;
using testing::Optional;

constexpr SteadyTime kStart{1h};

class ErrorReportsTest : public testing::Test {
 protected:
  std::optional<std::string> add(const std::string& error, Duration after) {
    reports.add(error);
    return reports.take_due(kStart + after);
  }

  ErrorReports reports;
};

TEST_F(ErrorReportsTest, NoError_NothingIsDue) {
  EXPECT_EQ(reports.take_due(kStart), std::nullopt);
  EXPECT_EQ(reports.rest(kStart), std::nullopt);
  EXPECT_EQ(reports.take_last(), std::nullopt);
}

TEST_F(ErrorReportsTest, FirstError_IsReportedAtOnce) {
  EXPECT_THAT(add("a", 0s), Optional(Eq("a")));
  EXPECT_TRUE(reports.empty());
  EXPECT_EQ(reports.take_due(kStart + 1h), std::nullopt);
}

TEST_F(ErrorReportsTest, ErrorWithinTheInterval_IsReportedWhenItHasPassed) {
  (void)add("a", 0s);
  EXPECT_EQ(add("b", 4s), std::nullopt);
  EXPECT_THAT(reports.rest(kStart + 4s), Optional(Eq(6s)));
  EXPECT_EQ(reports.take_due(kStart + 10s - 1ns), std::nullopt);
  EXPECT_THAT(reports.take_due(kStart + 10s), Optional(Eq("b")));
  EXPECT_EQ(reports.rest(kStart + 10s), std::nullopt);
}

TEST_F(ErrorReportsTest, SeveralWithinTheInterval_TheLatestIsReportedWithTheirNumber) {
  (void)add("a", 0s);
  for (const char* error : {"b", "c"}) EXPECT_EQ(add(error, 1s), std::nullopt);
  EXPECT_THAT(add("d", 12s), Optional(Eq("d (the latest of 3 errors since the last report)")));
  EXPECT_EQ(add("e", 13s), std::nullopt);
  EXPECT_THAT(reports.take_due(kStart + 22s), Optional(Eq("e")));
}

TEST_F(ErrorReportsTest, End_ReportsWhatIsHeldBack) {
  (void)add("a", 0s);
  (void)add("b", 1s);
  EXPECT_THAT(reports.take_last(), Optional(Eq("b")));
  EXPECT_EQ(reports.take_last(), std::nullopt);
}

TEST_F(ErrorReportsTest, EndWithARepetition_ReportsNothing) {
  (void)add("a", 0s);
  (void)add("a", 1s);
  EXPECT_EQ(reports.take_last(), std::nullopt);
}

}  // namespace
}  // namespace logsniffd::sink
