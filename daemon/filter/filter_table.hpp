// The compiled filters of the configuration: which traffic is wanted, and where each record goes.
//
// There are two questions with different costs. candidates() checks addresses and ports, once per stream; route()
// checks the record, for each record.
//
// THREAD  immutable after compile(); shared by all capture workers.
// BOUNDS  at most kMaxFilters filters. RE2: linear time, bounded memory, whatever the expression and the text.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/error.hpp"
#include "daemon/filter/field_tests.hpp"
#include "daemon/filter/flow_options.hpp"
#include "daemon/filter/redaction.hpp"
#include "daemon/filter/route_verdict.hpp"
#include "daemon/filter/volume.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::filter {

inline constexpr std::size_t kMaxFilters = 64;

// Bit i is filter i, in the order of the configuration.
using FilterMask = std::uint64_t;

struct FilterOptions {
  std::string name = {};
  std::vector<PortRange> ports = {};        // empty: every port (direction then has no meaning)
  std::optional<Transport> transport = {};  // nullopt: both
  Direction direction = Direction::both;
  std::vector<Network> networks = {};             // either end is in any of them; empty: every address
  std::vector<std::string> match = {};            // RE2, found anywhere in the message; any of them; empty: all
  std::vector<std::string> exclude = {};          // RE2; none of them
  std::optional<record::Severity> at_least = {};  // a record without severity passes
  std::vector<FieldTest> where = {};              // the record passes all of them
  bool text_only = false;                         // refuses messages that do not look like text
  std::vector<RedactRule> redact = {};            // what must not be seen of the records that it takes or refuses
  VolumeOptions volume = {};                      // what of the records that it takes is left out; see VolumeControl
  bool final = false;                             // a record that this filter takes goes to no later one
  record::SinkMask sinks = 0;
};

struct Route {
  std::uint16_t filter;
  record::SinkMask sinks;
};

struct Refusal {
  std::uint16_t filter;
  RouteVerdict verdict;  // never routed
};

// The filters that refuse a record, by their verdicts.
struct Refusals {
  std::array<FilterMask, kRouteVerdicts> by{};
  bool any = false;  // most records are refused by none

  void add(RouteVerdict verdict, FilterMask filters) {
    by[static_cast<std::size_t>(verdict)] |= filters;
    any = any || filters != 0;
  }
  void add(const Refusal& refusal) { add(refusal.verdict, FilterMask{1} << refusal.filter); }
  void clear() {
    if (any) *this = {};
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    if (!any) return;
    for (std::size_t verdict = 0; verdict < by.size(); ++verdict) {
      for (FilterMask left = by[verdict]; left != 0; left &= left - 1) {
        visit(Refusal{static_cast<std::uint16_t>(std::countr_zero(left)), static_cast<RouteVerdict>(verdict)});
      }
    }
  }
  // The verdict of the first filter.
  [[nodiscard]] std::optional<RouteVerdict> first() const;
};

class TrafficIndex;

class FilterTable {
 public:
  // Fails (usage) if there are too many, or if an expression does not compile: the filter's name and RE2's words.
  static Expected<FilterTable> compile(std::vector<FilterOptions> filters);

  FilterTable(FilterTable&&) noexcept;
  FilterTable& operator=(FilterTable&&) noexcept;
  ~FilterTable();

  // Returns the filters that want this direction of this flow, by transport, port, direction and networks. 0: none.
  [[nodiscard]] FilterMask candidates(const Flow& flow) const;

  // Makes `routes` those of the record to the filters of `among` that take it, first to last, up to a final filter, and
  // `refusals` those before it that refuse it. REQUIRED: `among` is from
  // candidates(), not 0. A filter tests in the order of RouteVerdict.
  [[nodiscard]] RouteVerdict route(const record::LogRecord& record, FilterMask among, std::vector<Route>& routes,
                                   Refusals& refusals) const;

  // True if one of these filters may refuse a record, or redact it.
  [[nodiscard]] bool looks_into(FilterMask among) const;

  // Routes a message about the traffic itself (it is encrypted). The conditions of a filter on records do not apply
  // to it, but a text-only filter does not take it. Appends to `routes` (cleared first); they stay empty if no
  // filter takes it.
  void route_notice(FilterMask among, std::vector<Route>& routes) const;

  // The filters that redact, and how one of them does it.
  [[nodiscard]] FilterMask redacting() const;
  [[nodiscard]] const Redaction& redaction(std::size_t filter) const;

  [[nodiscard]] const std::vector<FilterOptions>& options() const;
  // For a caller that asks once for each packet.
  [[nodiscard]] const TrafficIndex& traffic() const;

 private:
  struct Compiled;
  [[nodiscard, gnu::noinline]] RouteVerdict choose(const record::LogRecord& record, FilterMask among,
                                                   std::vector<Route>& routes, Refusals& refusals) const;
  explicit FilterTable(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// True if bytes look like text for a human: valid UTF-8 (RFC 3629), and less than one control character in twenty. TAB,
// CR, LF and ESC (colours) do not count as control characters; one NUL at the end is a C string's. Empty is text.
//
// Only the first 512 bytes are examined, which bounds the cost: a binary protocol shows itself there.
[[nodiscard]] bool looks_like_text(std::string_view bytes);

}  // namespace logsniffd::filter
