// How fast named figures grow, as the mean over the last ten to twenty seconds.
//
// The owner calls mark() at a regular interval with all of its figures; rates compare with the older of the last two
// marks. A figure that fell, because it started again, and one without a mark have grown by 0.
//
// THREAD  confined to its owner.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/base/time.hpp"

namespace logsniffd::app {

class RateMeter {
 public:
  using Figures = std::map<std::string, std::uint64_t>;

  // REQUIRED: times that do not go back.
  void mark(SteadyTime now, Figures figures);

  [[nodiscard]] std::uint64_t growth(const std::string& name, std::uint64_t value) const;
  // A second; 0 before the first mark.
  [[nodiscard]] double rate(const std::string& name, std::uint64_t value, SteadyTime now) const;
  // What growth() covers.
  [[nodiscard]] Duration period(SteadyTime now) const { return now - older_.at; }

 private:
  struct Mark {
    SteadyTime at{};
    Figures figures;
  };
  Mark older_;
  Mark newer_;
};

}  // namespace logsniffd::app
