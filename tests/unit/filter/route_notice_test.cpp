// A notice about the traffic itself: conditions that filters set for records do not apply to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "daemon/filter/filter_table.hpp"

namespace logsniffd::filter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<unsigned> reported(std::vector<FilterOptions> filters, FilterMask among) {
  auto table = FilterTable::compile(std::move(filters));
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message());
  std::vector<Route> routes{{99, 99}};  // stale: it is cleared
  table->route_notice(among, routes);
  std::vector<unsigned> result;
  for (const Route& route : routes) result.push_back(route.filter);
  return result;
}

TEST(RouteNotice, WhatIsAskedOfRecords_IsNotAsked) {
  EXPECT_THAT(reported({{.match = {"never"}}, {.exclude = {"."}}, {.at_least = record::Severity::emerg}}, 0b111),
              ElementsAre(0, 1, 2));
}

TEST(RouteNotice, WhoWantsTextOnly_IsNotTold) {
  EXPECT_THAT(reported({{.text_only = true}, {}}, 0b11), ElementsAre(1));
  EXPECT_THAT(reported({{.text_only = true}}, 0b1), IsEmpty());
}

TEST(RouteNotice, WhoIsNotAmongThem_IsNotTold) { EXPECT_THAT(reported({{}, {}, {}}, 0b101), ElementsAre(0, 2)); }

TEST(RouteNotice, FinalFilter_KeepsItForItself) {
  EXPECT_THAT(reported({{.final = true}, {}}, 0b11), ElementsAre(0));
  EXPECT_THAT(reported({{.text_only = true, .final = true}, {}}, 0b11), ElementsAre(1));
}

}  // namespace
}  // namespace logsniffd::filter
