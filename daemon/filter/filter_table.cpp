#include "daemon/filter/filter_table.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <utility>

#include "daemon/filter/traffic_index.hpp"
#include "daemon/pattern/expression_index.hpp"
#include "daemon/pattern/expression_set.hpp"

namespace logsniffd::filter {

namespace {

// The filters up to the first of these; all, if there is none.
FilterMask up_to_first(FilterMask filters) { return filters ^ (filters - 1); }

}  // namespace

struct FilterTable::Compiled {
  struct Tests {
    FieldTests where;
    pattern::ExpressionSet match;
    pattern::ExpressionSet exclude;
    Redaction redaction;
  };
  // What an expression of the index belongs to.
  struct Expression {
    std::uint16_t filter;
    bool excludes;
  };

  Compiled(std::vector<FilterOptions> filters, std::vector<Tests> compiled);

  void index_expressions();
  void offer(FilterMask takers, std::vector<Route>& routes) const {
    routes.clear();
    for (; takers != 0; takers &= takers - 1) {
      const auto i = static_cast<std::uint16_t>(std::countr_zero(takers));
      routes.push_back({i, options[i].sinks});
    }
  }
  [[nodiscard]] FilterMask refusing_where(const record::LogRecord& record, FilterMask among) const;
  bool search_together(std::string_view message, FilterMask& matching, FilterMask& excluding) const;
  void search(std::string_view message, FilterMask among, FilterMask& matching, FilterMask& excluding) const;

  std::vector<FilterOptions> options;
  std::vector<Tests> tests;  // by filter
  // The filters that have the key.
  FilterMask text_only = 0;
  FilterMask where = 0;
  FilterMask match = 0;
  FilterMask exclude = 0;
  FilterMask redact = 0;
  FilterMask final = 0;
  FilterMask choosing = 0;                                          // the filters that may refuse a record
  std::array<FilterMask, record::kSeverityNames.size()> too_low{};  // by the severity that they refuse
  pattern::ExpressionIndex index;   // of all `match` and `exclude`, if several have some
  std::vector<Expression> indexed;  // by number in the index
  TrafficIndex traffic;
};

FilterTable::Compiled::Compiled(std::vector<FilterOptions> filters, std::vector<Tests> compiled)
    : options(std::move(filters)), tests(std::move(compiled)), traffic(options) {
  FilterMask bit = 1;
  for (std::size_t i = 0; i < options.size(); ++i, bit <<= 1) {
    if (options[i].text_only) text_only |= bit;
    if (!options[i].where.empty()) where |= bit;
    if (!options[i].match.empty()) match |= bit;
    if (!options[i].exclude.empty()) exclude |= bit;
    if (!tests[i].redaction.empty()) redact |= bit;
    if (options[i].final) final |= bit;
    // Severities count downwards: emerg is 0.
    for (std::size_t severity = 0; severity < too_low.size(); ++severity) {
      if (options[i].at_least && severity > static_cast<std::size_t>(*options[i].at_least)) too_low[severity] |= bit;
    }
    if (options[i].at_least) choosing |= bit;
  }
  choosing |= text_only | where | match | exclude;
  index_expressions();
}

void FilterTable::Compiled::index_expressions() {
  if (std::popcount(match | exclude) < 2) return;
  std::vector<std::string> expressions;
  for (std::size_t i = 0; i < options.size(); ++i) {
    for (const bool excludes : {false, true}) {
      for (const std::string& expression : excludes ? options[i].exclude : options[i].match) {
        expressions.push_back(expression);
        indexed.push_back({static_cast<std::uint16_t>(i), excludes});
      }
    }
  }
  index = pattern::ExpressionIndex::compile(expressions);
}

FilterMask FilterTable::Compiled::refusing_where(const record::LogRecord& record, FilterMask among) const {
  FilterMask refusing = 0;
  for (FilterMask left = among & where; left != 0; left &= left - 1) {
    if (!tests[static_cast<std::size_t>(std::countr_zero(left))].where.hold(record)) refusing |= left & -left;
  }
  return refusing;
}

// In one pass for all filters. False if it cannot be done.
bool FilterTable::Compiled::search_together(std::string_view message, FilterMask& matching,
                                            FilterMask& excluding) const {
  thread_local std::vector<int> found;  // keeps its memory
  if (index.empty() || !index.find(message, found)) return false;
  for (const int number : found) {
    const auto& [filter, excludes] = indexed[static_cast<std::size_t>(number)];
    (excludes ? excluding : matching) |= FilterMask{1} << filter;
  }
  return true;
}

// Finds the filters whose expressions are found. One pass answers for all filters, if there are several.
void FilterTable::Compiled::search(std::string_view message, FilterMask among, FilterMask& matching,
                                   FilterMask& excluding) const {
  if ((among & (among - 1)) != 0 && search_together(message, matching, excluding)) return;
  for (FilterMask left = among; left != 0; left &= left - 1) {
    const FilterMask bit = left & -left;
    const Tests& asked = tests[static_cast<std::size_t>(std::countr_zero(left))];
    if ((match & bit) != 0 && asked.match.matches(message)) matching |= bit;
    if ((exclude & bit) != 0 && asked.exclude.matches(message)) excluding |= bit;
  }
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

FilterMask FilterTable::candidates(const Flow& flow) const { return compiled_->traffic.candidates(flow); }

const TrafficIndex& FilterTable::traffic() const { return compiled_->traffic; }

std::optional<RouteVerdict> Refusals::first() const {
  std::optional<RouteVerdict> verdict;
  FilterMask lowest = 0;
  for (std::size_t i = 0; i < by.size(); ++i) {
    const FilterMask mine = by[i] & -by[i];
    if (mine == 0 || (lowest != 0 && lowest < mine)) continue;
    lowest = mine;
    verdict = static_cast<RouteVerdict>(i);
  }
  return verdict;
}

RouteVerdict FilterTable::route(const record::LogRecord& record, FilterMask among, std::vector<Route>& routes,
                                Refusals& refusals) const {
  refusals.clear();
  if ((among & compiled_->choosing) != 0) [[unlikely]]
    return choose(record, among, routes, refusals);
  compiled_->offer(among & up_to_first(among & compiled_->final), routes);
  return routes.empty() ? RouteVerdict::no_match : RouteVerdict::routed;
}

// The cheapest test comes first, except for text: binary data is refused as such, whatever else does not match. All
// filters are asked at once.
RouteVerdict FilterTable::choose(const record::LogRecord& record, FilterMask among, std::vector<Route>& routes,
                                 Refusals& refusals) const {
  const Compiled& table = *compiled_;
  FilterMask left = among;
  const auto refuse = [&](RouteVerdict verdict, FilterMask filters) {
    refusals.add(verdict, filters & left);
    left &= ~filters;
  };
  if ((left & table.text_only) != 0 && !looks_like_text(record.message)) {
    refuse(RouteVerdict::not_text, table.text_only);
  }
  if (record.severity) refuse(RouteVerdict::severity, table.too_low[static_cast<std::size_t>(*record.severity)]);
  // Nobody is asked behind a final filter that surely takes the record.
  FilterMask asked = up_to_first(left & table.final & ~(table.where | table.match | table.exclude));
  left &= asked;
  if ((left & table.where) != 0) refuse(RouteVerdict::where, table.refusing_where(record, left));
  if (const FilterMask searching = left & (table.match | table.exclude); searching != 0) {
    FilterMask matching = 0;
    FilterMask excluding = 0;
    table.search(record.message, searching, matching, excluding);
    refuse(RouteVerdict::no_match, table.match & ~matching);
    refuse(RouteVerdict::excluded, excluding);
  }
  asked &= up_to_first(left & table.final);
  if (~asked != 0) {
    for (FilterMask& filters : refusals.by) filters &= asked;
  }
  table.offer(left & asked, routes);
  return routes.empty() ? refusals.first().value_or(RouteVerdict::no_match) : RouteVerdict::routed;
}

void FilterTable::route_notice(FilterMask among, std::vector<Route>& routes) const {
  const FilterMask takers = among & ~compiled_->text_only;
  compiled_->offer(takers & up_to_first(takers & compiled_->final), routes);
}

bool FilterTable::looks_into(FilterMask among) const {
  return (among & (compiled_->choosing | compiled_->redact)) != 0;
}

FilterMask FilterTable::redacting() const { return compiled_->redact; }

const Redaction& FilterTable::redaction(std::size_t filter) const { return compiled_->tests[filter].redaction; }

const std::vector<FilterOptions>& FilterTable::options() const { return compiled_->options; }

}  // namespace logsniffd::filter
