#include "config/conflicts.hpp"

#include <absl/strings/str_replace.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

#include "config/value.hpp"

namespace logsniffd::config {
namespace {

// Whether each item of `items` is in `all`.
template <class Items, class Same = std::equal_to<>>
bool has_all(const Items& all, const Items& items, Same same = {}) {
  return std::all_of(items.begin(), items.end(), [&](const auto& item) {
    return std::any_of(all.begin(), all.end(), [&](const auto& other) { return same(item, other); });
  });
}

bool has_ports(std::vector<filter::PortRange> all, const filter::PortRange& wanted) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  unsigned next = wanted.first;
  for (const filter::PortRange& range : all) {
    if (range.first <= next && next <= range.last) next = range.last + 1U;
  }
  return next > wanted.last;
}

bool lies_within(const filter::Network& inner, const filter::Network& outer) {
  return inner.prefix >= outer.prefix && outer.contains(inner.address);
}

// Whether `filter` wants every flow that `other` wants.
bool wants_flows_of(const Filter& filter, const Filter& other) {
  if (filter.transport && filter.transport != other.transport) return false;
  if (!filter.networks.empty() && (other.networks.empty() || !has_all(filter.networks, other.networks, lies_within))) {
    return false;
  }
  if (filter.ports.empty()) return true;
  if (filter.direction != filter::Direction::both && filter.direction != other.direction) return false;
  return !other.ports.empty() && std::all_of(other.ports.begin(), other.ports.end(),
                                             [&](const auto& range) { return has_ports(filter.ports, range); });
}

bool same_test(const filter::FieldTest& a, const filter::FieldTest& b) {
  return a.field == b.field && a.test == b.test;
}

// Whether `filter`, by the key of `verdict`, refuses no record that `other` takes.
bool refuses_no_more(const Filter& filter, const Filter& other, filter::RouteVerdict verdict) {
  switch (verdict) {
    case filter::RouteVerdict::severity:
      return !filter.severity || (other.severity && *other.severity <= *filter.severity);
    case filter::RouteVerdict::where:
      return has_all(other.where, filter.where, same_test);
    case filter::RouteVerdict::no_match:
      return filter.match.empty() || (!other.match.empty() && has_all(filter.match, other.match));
    case filter::RouteVerdict::excluded:
      return has_all(other.exclude, filter.exclude);
    default:
      return filter.mark_of(verdict).line == 0;  // the key is not in the file
  }
}

// Only filters that cut, join and decode alike share their records, so that `final` of one concerns the other.
bool share_records(const Filter& a, const Filter& b) {
  return a.framing == b.framing && a.decode == b.decode && a.multiline.mode == b.multiline.mode &&
         (!a.multiline.mode || (a.multiline.start == b.multiline.start && a.multiline.timeout == b.multiline.timeout));
}

bool takes_all_of(const Filter& filter, const Filter& other) {
  return filter.final && share_records(filter, other) && wants_flows_of(filter, other) &&
         std::all_of(filter::kRefusingKeys.begin(), filter::kRefusingKeys.end(),
                     [&](const auto& key) { return refuses_no_more(filter, other, key.verdict); });
}

// Returns whether it warned.
bool warn_of_shadow(const std::vector<Filter>& filters, std::size_t index, const std::string& key, Problems& problems) {
  for (std::size_t earlier = 0; earlier < index; ++earlier) {
    if (!takes_all_of(filters[earlier], filters[index])) continue;
    problems.warning(
        filters[index].mark, key,
        fmt::format("never takes a record: filter {} {} is final and takes them all; move this filter above "
                    "it, or remove one of them",
                    filters[earlier].name, where(filters[earlier].mark, filters[index].mark)));
    return true;
  }
  return false;
}

// Whether one of the severities that `filter` takes passes `test`.
bool any_severity_passes(const filter::FieldTest& test, record::Severity least) {
  const auto compiled = filter::FieldTests::compile({test});
  record::LogRecord record;
  for (std::size_t i = 0; compiled && i <= static_cast<std::size_t>(least); ++i) {
    record.severity = static_cast<record::Severity>(i);
    if (compiled->hold(record)) return true;
  }
  return false;
}

void warn_of_where(const Filter& filter, const std::string& key, Problems& problems) {
  const record::Severity least = filter.severity.value_or(record::Severity::debug);
  for (const filter::FieldTest& test : filter.where) {
    const std::string name = key + ".where." + test.field;
    const Mark& mark = filter.mark_of(filter::RouteVerdict::where);
    if (filter.decode == record::Decode::plain && test.field != "interface") {
      problems.warning(mark, name, "never passes, because 'decode: plain' finds only the message; use another decode");
    } else if (test.field == "severity" && !any_severity_passes(test, least)) {
      const auto taken = std::span(record::kSeverityNames).first(static_cast<std::size_t>(least) + 1);
      problems.warning(mark, name,
                       fmt::format("never passes: no severity that this filter takes ({}) passes this test",
                                   fmt::join(taken, ", ")));
    }
  }
}

void warn_of_match(const Filter& filter, const std::string& key, Problems& problems) {
  if (filter.match.empty() || !has_all(filter.exclude, filter.match)) return;
  problems.warning(filter.mark_of(filter::RouteVerdict::no_match), key + ".match",
                   "never passes, because 'exclude' has the same expressions; remove them there or here");
}

// The templates of all files that the sink writes. {filter} is replaced, because its values are known.
std::set<std::string> paths_of(const Sink& sink, const std::vector<Filter>& filters) {
  std::set<std::string> paths;
  for (const Filter& filter : filters) {
    if (std::find(filter.to.begin(), filter.to.end(), sink.name) == filter.to.end()) continue;
    paths.insert(absl::StrReplaceAll(std::get<FileTarget>(sink.target).path, {{"{filter}", filter.name}}));
  }
  return paths;
}

bool feeds_both(const std::vector<Filter>& filters, const std::string& sink, const std::string& other) {
  return std::any_of(filters.begin(), filters.end(), [&](const Filter& filter) {
    return has_all(filter.to, std::vector{sink, other});
  });
}

// Empty: two such sinks may write one file.
std::string_view obstacle_to_sharing(const FileTarget& a, const FileTarget& b) {
  if (a.format != b.format) return "in another format; give it a path of its own";
  if (a.rotation || b.rotation) return "and rotation by one of them confuses the other; use one sink for both";
  return {};
}

void warn_of_shared_files(const Config& config, const Sink& sink, const Sink& other, Problems& problems) {
  const auto* const file = std::get_if<FileTarget>(&sink.target);
  const auto* const other_file = std::get_if<FileTarget>(&other.target);
  if (file == nullptr || other_file == nullptr) return;
  const std::string_view obstacle = obstacle_to_sharing(*file, *other_file);
  if (obstacle.empty()) return;
  const std::set<std::string> others = paths_of(other, config.filters);
  for (const std::string& path : paths_of(sink, config.filters)) {
    if (!others.contains(path)) continue;
    // A field may keep the records of different filters apart.
    if (path.find('{') != std::string::npos && !feeds_both(config.filters, sink.name, other.name)) continue;
    return problems.warning(
        sink.mark, fmt::format("sinks.{}.path", sink.name),
        fmt::format("{} is also written by sink {} {}, {}", path, other.name, where(other.mark, sink.mark), obstacle));
  }
}

}  // namespace

void warn_of_conflicts(const Config& config, Problems& problems) {
  std::size_t first_of_file = 0;
  for (std::size_t i = 0; i < config.filters.size(); ++i) {
    if (config.filters[i].mark.file != config.filters[first_of_file].mark.file) first_of_file = i;
    const std::string key = fmt::format("filters[{}]", i - first_of_file);
    if (warn_of_shadow(config.filters, i, key, problems)) continue;
    warn_of_where(config.filters[i], key, problems);
    warn_of_match(config.filters[i], key, problems);
  }
  for (auto sink = config.sinks.begin(); sink != config.sinks.end(); ++sink) {
    for (auto other = config.sinks.begin(); other != sink; ++other)
      warn_of_shared_files(config, *sink, *other, problems);
  }
}

}  // namespace logsniffd::config
