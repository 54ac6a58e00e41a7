#include "daemon/cli/top_model.hpp"

#include <algorithm>
#include <array>

#include "daemon/cli/figures.hpp"

namespace logsniffd::cli {
namespace {

using control::Json;

std::string name_of(const Json& row) {
  const Json& name = at(row, "name");
  return name.is_string() ? name.get<std::string>() : std::string();
}

std::string key_of(const char* list, const Json& row) { return std::string(list) + "." + name_of(row); }

// What the kernel dropped was received, too, but nobody saw it.
std::optional<std::uint64_t> seen(const Json& packets) {
  const auto received = counter_of(at(packets, "received"));
  const auto dropped = counter_of(at(packets, "kernel_dropped"));
  if (!received || !dropped || *dropped > *received) return received;
  return *received - *dropped;
}

RateHistory::Counters counters_in(const Json& report) {
  const Json& packets = at(at(report, "ledger"), "packets");
  RateHistory::Counters counters{{"packets", seen(packets)},
                                 {"bytes", counter_of(at(packets, "received_bytes"))},
                                 {"records", counter_of(at(at(at(report, "ledger"), "records"), "framed"))}};
  for (const Json& filter : at(report, "filters")) {
    counters[key_of("filters", filter)] = counter_of(at(filter, "records"));
  }
  for (const Json& sink : at(report, "sinks")) counters[key_of("sinks", sink)] = counter_of(at(sink, "written"));
  return counters;
}

bool same_process(const Json& a, const Json& b) {
  return at(a, "pid") == at(b, "pid") && at(a, "started") == at(b, "started");
}

}  // namespace

const char* word_of(SortKey key) {
  constexpr std::array<const char*, kSortKeys> kWords{"rate", "records", "dropped", "name"};
  return kWords[static_cast<std::size_t>(key)];
}

void TopModel::take(Json report, SteadyTime now) {
  if (!same_process(report, report_)) rates_.begin_anew();
  rates_.take(counters_in(report), now);
  report_ = std::move(report);
  silence_.reset();
}

void TopModel::lose(Silence silence) { silence_ = std::move(silence); }

bool TopModel::well() const { return at(report_, "status") == "well"; }

std::optional<double> TopModel::packets_rate() const { return total_rate("packets", "packets_per_s"); }
std::optional<double> TopModel::bytes_rate() const { return total_rate("bytes", "bytes_per_s"); }
std::optional<double> TopModel::records_rate() const { return total_rate("records", "records_per_s"); }

std::vector<TopRow> TopModel::filters(SortOrder order) const { return rows("filters", "records", order); }
std::vector<TopRow> TopModel::sinks(SortOrder order) const { return rows("sinks", "written", order); }

std::optional<double> TopModel::total_rate(const char* counter, const char* reported) const {
  if (const auto rate = rates_.rate(counter)) return rate;
  const Json& value = at(at(report_, "rates"), reported);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::vector<TopRow> TopModel::rows(const char* list, const char* count, SortOrder order) const {
  std::vector<TopRow> rows;
  const std::string reported = std::string(count) + "_per_s";
  for (const Json& row : at(report_, list)) {
    const std::string key = key_of(list, row);
    auto rate = rates_.rate(key);
    if (const Json& value = at(row, reported.c_str()); !rate && value.is_number()) rate = value.get<double>();
    rows.push_back({&row, rate, rates_.course(key)});
  }
  // A figure that is missing is the smallest.
  const auto figure = [&](const TopRow& row) -> double {
    switch (order.key) {
      case SortKey::rate:
        return row.rate.value_or(-1);
      case SortKey::records: {
        const auto counted = counter_of(at(*row.report, count));
        return counted ? static_cast<double>(*counted) : -1;
      }
      case SortKey::dropped:
        return static_cast<double>(sum_of(at(*row.report, "dropped")));
      case SortKey::name:
        break;
    }
    return 0;
  };
  const auto name = [](const TopRow& row) { return name_of(*row.report); };
  std::stable_sort(rows.begin(), rows.end(), [&](const TopRow& a, const TopRow& b) {
    const double of_a = figure(a);
    const double of_b = figure(b);
    if (of_a != of_b) return order.reversed ? of_a < of_b : of_a > of_b;
    const bool by_name = order.key == SortKey::name;
    return by_name && order.reversed ? name(b) < name(a) : name(a) < name(b);
  });
  return rows;
}

}  // namespace logsniffd::cli
