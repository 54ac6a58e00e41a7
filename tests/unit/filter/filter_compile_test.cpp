#include "tests/unit/filter/filter_table_fixture.hpp"

namespace logsniffd::filter {
namespace {

TEST(Compile, BrokenMatch_NamesFilterAndReason) {
  const auto result = FilterTable::compile({{.name = "first"}, {.name = "app", .match = {"fine", "ERROR("}}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::usage);
  EXPECT_THAT(result.error().message(),
              AllOf(HasSubstr("app"), HasSubstr("match"), HasSubstr("'ERROR('"), HasSubstr("missing )")));
}

TEST(Compile, BrokenExclude_NamesFilterAndReason) {
  const auto result = FilterTable::compile({{.name = "app", .exclude = {"*"}}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::usage);
  EXPECT_THAT(result.error().message(),
              AllOf(HasSubstr("app"), HasSubstr("exclude"), HasSubstr("'*'"), HasSubstr("no argument for repetition")));
}

TEST(Compile, ExpressionBeyondTheMemory_IsRefused) {
  const auto result = FilterTable::compile({{.name = "app", .match = {"((a{100}){100}){100}"}}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::usage);
}

TEST(Compile, BrokenExpression_LogsNothing) {
  testing::internal::CaptureStderr();
  EXPECT_FALSE(FilterTable::compile({{.match = {"("}}}).has_value());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Compile, TooManyFilters_IsRefused) {
  const auto result = FilterTable::compile(std::vector<FilterOptions>(kMaxFilters + 1));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::usage);
  EXPECT_THAT(result.error().message(), AllOf(HasSubstr("65"), HasSubstr("64")));
}

TEST(Compile, Options_AreKeptInOrder) {
  const FilterTable filters = table({{.name = "a"}, {.name = "b"}});
  ASSERT_EQ(filters.options().size(), 2U);
  EXPECT_EQ(filters.options()[0].name, "a");
  EXPECT_EQ(filters.options()[1].name, "b");
}

TEST(Compile, MovedTable_AnswersAsBefore) {
  FilterTable first = table({on_port(514)});
  FilterTable second = std::move(first);
  EXPECT_EQ(second.candidates(flow(1, 514)), 1U);
  second = table({on_port(601)});
  EXPECT_EQ(second.candidates(flow(1, 514)), 0U);
}

}  // namespace
}  // namespace logsniffd::filter
