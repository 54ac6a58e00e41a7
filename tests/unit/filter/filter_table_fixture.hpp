// Filter tables and flows from literals.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/filter/filter_table.hpp"

namespace logsniffd::filter {

using record::LogRecord;
using record::Severity;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

inline FilterTable table(std::vector<FilterOptions> filters) {
  auto compiled = FilterTable::compile(std::move(filters));
  EXPECT_TRUE(compiled.has_value()) << (compiled ? "" : compiled.error().message());
  return std::move(*compiled);
}

inline Flow flow(std::uint16_t src_port, std::uint16_t dst_port, Transport transport = Transport::tcp,
                 std::string_view src = "10.0.0.1", std::string_view dst = "192.168.0.1") {
  return {{*Address::parse(src), src_port}, {*Address::parse(dst), dst_port}, transport};
}

inline FilterOptions on_port(std::uint16_t port, Direction direction = Direction::both) {
  return {.ports = {{port, port}}, .direction = direction};
}

inline FilterOptions in_network(std::string_view address, unsigned prefix) {
  return {.networks = {{*Address::parse(address), prefix}}};
}

inline LogRecord message(std::string_view text) {
  LogRecord record;
  record.message = text;
  return record;
}

struct Routed {
  RouteVerdict verdict;
  std::vector<unsigned> filters;
};

inline Routed route(const FilterTable& filters, const LogRecord& record, FilterMask among = 1) {
  std::vector<Route> routes{{99, 99}};  // stale: route() clears it
  Refusals refusals;
  refusals.add({9, RouteVerdict::severity});  // likewise
  Routed result{filters.route(record, among, routes, refusals), {}};
  for (const Route& taken : routes) result.filters.push_back(taken.filter);
  return result;
}

inline RouteVerdict verdict(const FilterOptions& filter, const LogRecord& record) {
  const Routed result = route(table({filter}), record);
  EXPECT_EQ(result.filters.size(), result.verdict == RouteVerdict::routed ? 1U : 0U);
  return result.verdict;
}

}  // namespace logsniffd::filter
