#include "daemon/cli/rate_history.hpp"

namespace logsniffd::cli {

void RateHistory::take(const Counters& counters, SteadyTime now) {
  const double seconds = std::chrono::duration<double>(now - taken_at_).count();
  std::map<std::string, Series> taken;
  for (const auto& [name, value] : counters) {
    Series& series = taken[name] = std::move(series_[name]);
    series.rate.reset();
    if (value && series.last && *value >= *series.last && seconds > 0) {
      series.rate = static_cast<double>(*value - *series.last) / seconds;
      if (series.course.size() == kHistory) series.course.erase(series.course.begin());
      series.course.push_back(*series.rate);
    }
    series.last = value;
  }
  series_ = std::move(taken);
  taken_at_ = now;
}

void RateHistory::begin_anew() {
  for (auto& [name, series] : series_) series.last.reset();
}

std::optional<double> RateHistory::rate(const std::string& counter) const {
  const auto found = series_.find(counter);
  return found == series_.end() ? std::nullopt : found->second.rate;
}

std::vector<double> RateHistory::course(const std::string& counter) const {
  const auto found = series_.find(counter);
  return found == series_.end() ? std::vector<double>() : found->second.course;
}

}  // namespace logsniffd::cli
