// The filters of the configuration, compiled: which traffic is wanted, and where each record goes.
//
// Two questions with different costs: candidates() looks at addresses and ports and is asked once for a stream; route()
// looks at the record and is asked for each.
//
// THREAD    immutable after compile(); shared by all capture workers.
// BOUNDS    at most kMaxFilters filters. RE2: linear time, bounded memory, whatever the expression and the text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/error.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::filter {

inline constexpr std::size_t kMaxFilters = 64;

// Bit i is filter i, in the order of the configuration.
using FilterMask = std::uint64_t;

struct PortRange {
  std::uint16_t first;
  std::uint16_t last;  // inclusive
};

struct Network {
  Address address;  // decides the family: ::/0 holds no IPv4 address
  unsigned prefix;  // of the 128-bit form: IPv4 prefixes are 96 larger
};

// As seen from the watched port: `to` is what is sent to it, `from` what it sends. Where both ends' ports are watched,
// each direction is both.
enum class Direction : std::uint8_t { to, from, both };

struct FilterOptions {
  std::string name = {};
  std::vector<PortRange> ports = {};        // empty: every port (and direction has no meaning)
  std::optional<Transport> transport = {};  // nullopt: both
  Direction direction = Direction::both;
  std::vector<Network> networks = {};             // either end in any of them; empty: every address
  std::vector<std::string> match = {};            // RE2, found anywhere in the message; any of them; empty: all
  std::vector<std::string> exclude = {};          // RE2; none of them
  std::optional<record::Severity> at_least = {};  // a record without severity passes
  bool text_only = false;                         // refuses what does not look like text
  bool final = false;                             // what this filter takes goes to no later one
  record::SinkSet sinks = 0;
};

struct Route {
  std::uint16_t filter;
  record::SinkSet sinks;
};

// Why a record went nowhere: the reason of the first candidate that refused it.
enum class RouteVerdict : std::uint8_t { routed, not_text, severity, no_match, excluded };
inline constexpr std::size_t kRouteVerdicts = 5;

class FilterTable {
 public:
  // Fails (usage) where there are too many, or where an expression does not compile: the filter's name and RE2's words.
  static Expected<FilterTable> compile(std::vector<FilterOptions> filters);

  FilterTable(FilterTable&&) noexcept;
  FilterTable& operator=(FilterTable&&) noexcept;
  ~FilterTable();

  // Whether any filter may want traffic between these ports, in either direction: a cheap test that lets some too many
  // through.
  [[nodiscard]] bool watches(Transport transport, std::uint16_t a_port, std::uint16_t another_port) const;

  // The filters that want this direction of this flow, by transport, port, direction and networks. 0: nobody does.
  [[nodiscard]] FilterMask candidates(const Flow& flow) const;

  // Appends to `routes` (cleared first) what becomes of the record among `among` (REQUIRED: from candidates(), not 0),
  // first to last, until a final filter took it. A filter asks in the order of RouteVerdict.
  [[nodiscard]] RouteVerdict route(const record::LogRecord& record, FilterMask among, std::vector<Route>& routes) const;

  // Where a message about the traffic itself goes (it is encrypted): whatever a filter asks of records does not ask it,
  // but one that wants text only does not want it. Appends to `routes` (cleared first); nobody: they stay empty.
  void route_notice(FilterMask among, std::vector<Route>& routes) const;

  [[nodiscard]] const std::vector<FilterOptions>& options() const;

 private:
  struct Compiled;
  explicit FilterTable(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// Whether bytes look like text for a human: valid UTF-8 (RFC 3629), and less than one control character in twenty. TAB,
// CR, LF and ESC (colours) are none; one NUL at the end is a C string's. Empty is text.
//
// Judged by the first 512 bytes, which bounds the cost: a protocol that is binary shows it there.
[[nodiscard]] bool looks_like_text(std::string_view bytes);

}  // namespace logsniffd::filter
