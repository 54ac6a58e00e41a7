#include "daemon/metrics/families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "daemon/text/escape.hpp"

namespace logsniffd::metrics {

using prometheus::ClientMetric;
using prometheus::MetricType;

void Families::counter(std::string_view name, std::string_view help, const Labels& labels, double value) {
  series(std::string(name) + "_total", help, MetricType::Counter, labels).counter.value += value;
}

void Families::gauge(const std::string& name, std::string_view help, const Labels& labels, double value) {
  series(name, help, MetricType::Gauge, labels).gauge.value += value;
}

void Families::histogram(const std::string& name, std::string_view help, const Labels& labels,
                         ClientMetric::Histogram value) {
  series(name, help, MetricType::Histogram, labels).histogram = std::move(value);
}

ClientMetric& Families::series(const std::string& name, std::string_view help, MetricType type, const Labels& labels) {
  const auto [place, is_new] = places_.try_emplace(name, families_.size());
  if (is_new) families_.push_back({name, std::string(help), type, {}});
  std::vector<ClientMetric::Label> wanted;
  for (const Label& label : labels) {
    if (label.value.empty()) continue;
    std::string value;
    text::append_escaped(label.value, value);
    wanted.push_back({std::string(label.name), std::move(value)});
  }
  std::vector<ClientMetric>& all = families_[place->second].metric;
  const auto same = std::find_if(all.begin(), all.end(), [&](const ClientMetric& one) { return one.label == wanted; });
  if (same != all.end()) return *same;
  all.emplace_back();
  all.back().label = std::move(wanted);
  return all.back();
}

std::string Families::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families_);
  return std::move(out).str();
}

}  // namespace logsniffd::metrics
