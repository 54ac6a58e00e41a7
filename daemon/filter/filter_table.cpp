#include "daemon/filter/filter_table.hpp"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "daemon/filter/traffic_index.hpp"
#include "daemon/pattern/expression_set.hpp"

namespace logsniffd::filter {

struct FilterTable::Compiled {
  struct Tests {
    FieldTests where;
    pattern::ExpressionSet match;
    pattern::ExpressionSet exclude;
    Redaction redaction;
  };

  Compiled(std::vector<FilterOptions> filters, std::vector<Tests> compiled)
      : options(std::move(filters)), tests(std::move(compiled)), traffic(options) {
    for (std::size_t i = 0; i < tests.size(); ++i) {
      if (!tests[i].redaction.empty()) redacting |= FilterMask{1} << i;
    }
  }

  [[nodiscard]] RouteVerdict judge(std::size_t filter, const record::LogRecord& record) const;

  // Adds the routes to those of `among` that take the record, first to last, up to a final one.
  template <class Takes>
  void offer(FilterMask among, std::vector<Route>& routes, Takes takes) const {
    routes.clear();
    for (; among != 0; among &= among - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(among));
      if (!takes(i)) continue;
      routes.push_back({static_cast<std::uint16_t>(i), options[i].sinks});
      if (options[i].final) break;
    }
  }

  std::vector<FilterOptions> options;
  std::vector<Tests> tests;  // by filter
  FilterMask redacting = 0;
  TrafficIndex traffic;
};

// The cheapest test comes first, except for text: binary data is refused as such, whatever else does not match.
RouteVerdict FilterTable::Compiled::judge(std::size_t filter, const record::LogRecord& record) const {
  const FilterOptions& wanted = options[filter];
  const auto& [where, match, exclude, redaction] = tests[filter];
  if (wanted.text_only && !looks_like_text(record.message)) return RouteVerdict::not_text;
  // Severities count downwards: emerg is 0.
  if (wanted.at_least && record.severity && *record.severity > *wanted.at_least) return RouteVerdict::severity;
  if (!where.hold(record)) return RouteVerdict::where;
  if (!match.empty() && !match.matches(record.message)) return RouteVerdict::no_match;
  if (exclude.matches(record.message)) return RouteVerdict::excluded;
  return RouteVerdict::routed;
}

Expected<FilterTable> FilterTable::compile(std::vector<FilterOptions> filters) {
  if (filters.size() > kMaxFilters) {
    return fail(Error::usage(fmt::format("{} filters are too many; use at most {}", filters.size(), kMaxFilters)));
  }
  std::vector<Compiled::Tests> tests;
  for (const FilterOptions& filter : filters) {
    Expected<FieldTests> where = FieldTests::compile(filter.where);
    if (!where) return fail(std::move(where.error()).within(fmt::format("filter {}: where", filter.name)));
    Expected<pattern::ExpressionSet> match = pattern::ExpressionSet::compile(filter.match);
    if (!match) return fail(std::move(match.error()).within(fmt::format("filter {}: match", filter.name)));
    Expected<pattern::ExpressionSet> exclude = pattern::ExpressionSet::compile(filter.exclude);
    if (!exclude) return fail(std::move(exclude.error()).within(fmt::format("filter {}: exclude", filter.name)));
    Expected<Redaction> redaction = Redaction::compile(filter.redact);
    if (!redaction) return fail(std::move(redaction.error()).within(fmt::format("filter {}: redact", filter.name)));
    tests.push_back({std::move(*where), std::move(*match), std::move(*exclude), std::move(*redaction)});
  }
  return FilterTable(std::make_unique<Compiled>(std::move(filters), std::move(tests)));
}

FilterTable::FilterTable(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
FilterTable::FilterTable(FilterTable&&) noexcept = default;
FilterTable& FilterTable::operator=(FilterTable&&) noexcept = default;
FilterTable::~FilterTable() = default;

bool FilterTable::watches(Transport transport, std::uint16_t a_port, std::uint16_t another_port) const {
  return compiled_->traffic.watches(transport, a_port, another_port);
}

FilterMask FilterTable::candidates(const Flow& flow) const { return compiled_->traffic.candidates(flow); }

RouteVerdict FilterTable::route(const record::LogRecord& record, FilterMask among, std::vector<Route>& routes,
                                std::vector<Refusal>& refusals) const {
  refusals.clear();
  compiled_->offer(among, routes, [&](std::size_t filter) {
    const RouteVerdict verdict = compiled_->judge(filter, record);
    if (verdict == RouteVerdict::routed) return true;
    refusals.push_back({static_cast<std::uint16_t>(filter), verdict});
    return false;
  });
  if (!routes.empty()) return RouteVerdict::routed;
  return refusals.empty() ? RouteVerdict::no_match : refusals.front().verdict;
}

void FilterTable::route_notice(FilterMask among, std::vector<Route>& routes) const {
  compiled_->offer(among, routes, [&](std::size_t filter) { return !compiled_->options[filter].text_only; });
}

FilterMask FilterTable::redacting() const { return compiled_->redacting; }

const Redaction& FilterTable::redaction(std::size_t filter) const { return compiled_->tests[filter].redaction; }

const std::vector<FilterOptions>& FilterTable::options() const { return compiled_->options; }

}  // namespace logsniffd::filter
