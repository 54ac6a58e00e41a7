// What `top` makes of one report after the other: rates, their course, and the order of rows.
#include "daemon/cli/top_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace logsniffd::cli {
namespace {

using control::Json;
using std::chrono::milliseconds;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

constexpr SteadyTime kStart{std::chrono::hours(1)};

Json filter(const char* name, int records, int dropped = 0) {
  return {{"name", name}, {"records", records}, {"records_per_s", 0.5}, {"dropped", {{"match", dropped}}}};
}

Json report(int records, const std::vector<Json>& filters = {}, int pid = 1) {
  return {{"status", "well"},
          {"pid", pid},
          {"started", "2026-11-28T09:00:00Z"},
          {"rates", {{"packets_per_s", 7.5}, {"bytes_per_s", 70}, {"records_per_s", 3}}},
          {"filters", filters},
          {"sinks", {{{"name", "out"}, {"written", records}, {"written_per_s", 2}}}},
          {"ledger",
           {{"packets", {{"received", records + 40}, {"received_bytes", records * 10}, {"kernel_dropped", 40}}},
            {"records", {{"framed", records}}}}}};
}

std::vector<std::string> names(const std::vector<TopRow>& rows) {
  std::vector<std::string> names;
  for (const TopRow& row : rows) names.push_back(row.report->at("name").get<std::string>());
  return names;
}

TEST(TopModel, BeforeTheFirstReport_HasNothing) {
  const TopModel model;
  EXPECT_TRUE(model.report().is_null());
  EXPECT_FALSE(model.well());
  EXPECT_EQ(model.packets_rate(), std::nullopt);
  EXPECT_THAT(model.filters({}), IsEmpty());
}

TEST(TopModel, FirstReport_ShowsTheRatesThatItTells) {
  TopModel model;
  model.take(report(100, {filter("app", 100)}), kStart);
  EXPECT_THAT(model.packets_rate(), Optional(DoubleEq(7.5)));
  EXPECT_THAT(model.bytes_rate(), Optional(DoubleEq(70)));
  EXPECT_THAT(model.records_rate(), Optional(DoubleEq(3)));
  EXPECT_THAT(model.filters({})[0].rate, Optional(DoubleEq(0.5)));
  EXPECT_THAT(model.sinks({})[0].rate, Optional(DoubleEq(2)));
  EXPECT_THAT(model.filters({})[0].course, IsEmpty());
}

TEST(TopModel, SecondReport_ShowsTheRatesSinceTheFirst) {
  TopModel model;
  model.take(report(100, {filter("app", 100)}), kStart);
  model.take(report(200, {filter("app", 160)}), kStart + milliseconds(2000));
  EXPECT_THAT(model.packets_rate(), Optional(DoubleEq(50)));
  EXPECT_THAT(model.bytes_rate(), Optional(DoubleEq(500)));
  EXPECT_THAT(model.records_rate(), Optional(DoubleEq(50)));
  EXPECT_THAT(model.filters({})[0].rate, Optional(DoubleEq(30)));
  EXPECT_THAT(model.sinks({})[0].rate, Optional(DoubleEq(50)));
}

TEST(TopModel, WhatTheKernelDropped_IsNotInThePacketRate) {
  TopModel model;
  model.take(report(0), kStart);
  Json next = report(10);
  next["ledger"]["packets"]["received"] = 1050;
  next["ledger"]["packets"]["kernel_dropped"] = 1040;
  model.take(next, kStart + milliseconds(1000));
  EXPECT_THAT(model.packets_rate(), Optional(DoubleEq(10)));
}

TEST(TopModel, Course_HasEachRate) {
  TopModel model;
  for (const int records : {0, 5, 5, 25}) {
    model.take(report(0, {filter("app", records)}), kStart + std::chrono::seconds(records == 25  ? 3
                                                                                  : records == 0 ? 0
                                                                                                 : 1));
  }
  // The third report came at the same instant as the second, so it proves no rate.
  EXPECT_THAT(model.filters({})[0].course, ElementsAre(5, 10));
}

TEST(TopModel, Course_IsBounded) {
  TopModel model;
  for (int i = 0; i < 200; ++i) model.take(report(0, {filter("app", i * i)}), kStart + std::chrono::seconds(i));
  const auto course = model.filters({})[0].course;
  EXPECT_EQ(course.size(), kHistory);
  EXPECT_EQ(course.back(), 199 * 199 - 198 * 198);
}

TEST(TopModel, AnotherProcess_IsNotComparedWithTheFormerOne) {
  TopModel model;
  model.take(report(0, {filter("app", 0)}), kStart);
  model.take(report(0, {filter("app", 10)}), kStart + milliseconds(1000));
  model.take(report(0, {filter("app", 5000)}, 2), kStart + milliseconds(2000));
  EXPECT_THAT(model.filters({})[0].rate, Optional(DoubleEq(0.5)));  // its own word
  EXPECT_THAT(model.filters({})[0].course, ElementsAre(10));
}

TEST(TopModel, CountThatWentDown_HasNoRateOfItsOwn) {
  TopModel model;
  model.take(report(0, {filter("app", 10)}), kStart);
  model.take(report(0, {filter("app", 3)}), kStart + milliseconds(1000));
  EXPECT_THAT(model.filters({})[0].rate, Optional(DoubleEq(0.5)));
  EXPECT_THAT(model.filters({})[0].course, IsEmpty());
  model.take(report(0, {filter("app", 5)}), kStart + milliseconds(2000));
  EXPECT_THAT(model.filters({})[0].rate, Optional(DoubleEq(2)));
}

TEST(TopModel, CountThatIsMissingOnce_KeepsItsCourse) {
  TopModel model;
  model.take(report(0, {filter("app", 0)}), kStart);
  model.take(report(0, {filter("app", 4)}), kStart + milliseconds(1000));
  model.take(report(0, Json::array({{{"name", "app"}}})), kStart + milliseconds(2000));
  EXPECT_EQ(model.filters({})[0].rate, std::nullopt);
  model.take(report(0, {filter("app", 9)}), kStart + milliseconds(3000));
  EXPECT_THAT(model.filters({})[0].course, ElementsAre(4));
}

TEST(TopModel, FilterThatLeft_IsForgotten) {
  TopModel model;
  model.take(report(0, {filter("app", 0)}), kStart);
  model.take(report(0, {filter("app", 4)}), kStart + milliseconds(1000));
  model.take(report(0), kStart + milliseconds(2000));
  model.take(report(0, {filter("app", 9)}), kStart + milliseconds(3000));
  EXPECT_THAT(model.filters({})[0].course, IsEmpty());
}

TEST(TopModel, Silence_KeepsWhatWasKnown) {
  TopModel model;
  model.take(report(7), kStart);
  model.lose({"is not running", "why"});
  EXPECT_EQ(model.silence()->state, "is not running");
  EXPECT_EQ(model.sinks({}).size(), 1U);
  model.take(report(8), kStart + milliseconds(1000));
  EXPECT_EQ(model.silence(), std::nullopt);
}

class TopOrder : public testing::Test {
 protected:
  TopOrder() {
    const Json before = report(0, {filter("b", 0, 1), filter("c", 1000, 9), filter("a", 500), filter("d", 500)});
    const Json after = report(0, {filter("b", 90, 1), filter("c", 1010, 9), filter("a", 500), filter("d", 500)});
    model_.take(before, kStart);
    model_.take(after, kStart + milliseconds(1000));
  }
  std::vector<std::string> by(SortKey key, bool reversed = false) { return names(model_.filters({key, reversed})); }

  TopModel model_;
};

TEST_F(TopOrder, ByRate_HasTheBusiestFirst) { EXPECT_THAT(by(SortKey::rate), ElementsAre("b", "c", "a", "d")); }
TEST_F(TopOrder, ByRecords_HasTheMostFirst) { EXPECT_THAT(by(SortKey::records), ElementsAre("c", "a", "d", "b")); }
TEST_F(TopOrder, ByDropped_HasTheMostFirst) { EXPECT_THAT(by(SortKey::dropped), ElementsAre("c", "b", "a", "d")); }
TEST_F(TopOrder, ByName_IsAlphabetical) { EXPECT_THAT(by(SortKey::name), ElementsAre("a", "b", "c", "d")); }
TEST_F(TopOrder, Reversed_TurnsTheKeyAndNotTheNamesOfEquals) {
  EXPECT_THAT(by(SortKey::records, true), ElementsAre("b", "a", "d", "c"));
  EXPECT_THAT(by(SortKey::name, true), ElementsAre("d", "c", "b", "a"));
}

}  // namespace
}  // namespace logsniffd::cli
