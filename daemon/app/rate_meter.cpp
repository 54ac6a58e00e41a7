#include "daemon/app/rate_meter.hpp"

#include <utility>

namespace logsniffd::app {

void RateMeter::mark(SteadyTime now, Figures figures) {
  const bool first = newer_.at == SteadyTime{};
  older_ = std::move(newer_);
  newer_ = {now, std::move(figures)};
  if (first) older_ = newer_;
}

std::uint64_t RateMeter::growth(const std::string& name, std::uint64_t value) const {
  const auto before = older_.figures.find(name);
  if (before == older_.figures.end() || before->second > value) return 0;
  return value - before->second;
}

double RateMeter::rate(const std::string& name, std::uint64_t value, SteadyTime now) const {
  const double seconds = std::chrono::duration<double>(period(now)).count();
  if (older_.at == SteadyTime{} || seconds <= 0) return 0;
  return static_cast<double>(growth(name, value)) / seconds;
}

}  // namespace logsniffd::app
