#include "daemon/sink/error_reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace logsniffd::sink {

void ErrorReports::add(std::string error) {
  held_ = std::move(error);
  ++held_errors_;
}

std::optional<std::string> ErrorReports::take_due(SteadyTime now) {
  const std::optional<Duration> left = rest(now);
  if (!left || *left > Duration::zero()) return std::nullopt;
  reported_at_ = now;
  return take();
}

std::optional<Duration> ErrorReports::rest(SteadyTime now) const {
  if (held_errors_ == 0) return std::nullopt;
  return reported_at_ ? std::max(Duration::zero(), *reported_at_ + kInterval - now) : Duration::zero();
}

std::optional<std::string> ErrorReports::take_last() {
  if (held_errors_ == 0 || held_ == reported_) return std::nullopt;
  return take();
}

std::string ErrorReports::take() {
  reported_ = std::exchange(held_, {});
  const std::uint64_t errors = std::exchange(held_errors_, 0);
  if (errors == 1) return reported_;
  return fmt::format("{} (the latest of {} errors since the last report)", reported_, errors);
}

}  // namespace logsniffd::sink
