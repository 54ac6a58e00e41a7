// Metric families under construction (the door to prometheus-cpp, with families.cpp).
//
// INVARIANT  no two series of a family have the same labels: Prometheus would refuse the whole page. Counters and levels
//            that meet there are added up, as in the ledger.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace logsniffd::metrics {

// A label without a value is left out. Values may be any bytes: they are escaped as text is.
struct Label {
  std::string_view name;
  std::string_view value;
};
using Labels = std::vector<Label>;

class Families {
 public:
  // `name` without _total.
  void counter(std::string_view name, std::string_view help, const Labels& labels, double value);
  void gauge(const std::string& name, std::string_view help, const Labels& labels, double value);
  void histogram(const std::string& name, std::string_view help, const Labels& labels,
                 prometheus::ClientMetric::Histogram value);

  // The text format, version 0.0.4.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::vector<prometheus::MetricFamily>& list() const { return families_; }

 private:
  prometheus::ClientMetric& series(const std::string& name, std::string_view help, prometheus::MetricType type,
                                   const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;  // in the order of their first series
  std::map<std::string, std::size_t, std::less<>> places_;
};

}  // namespace logsniffd::metrics
