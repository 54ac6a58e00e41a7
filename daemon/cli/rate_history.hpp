// Rates by the second of counters that are read again and again, and their recent course.
//
// THREAD  confined to one thread.
// BOUNDS  kHistory rates of each counter; a counter that is not read any more is forgotten.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/time.hpp"

namespace logsniffd::cli {

inline constexpr std::size_t kHistory = 120;

class RateHistory {
 public:
  // nullopt: the counter exists, but could not be read this time.
  using Counters = std::map<std::string, std::optional<std::uint64_t>>;

  // Takes all counters, as they were at `now`. A counter that went down began anew: it has no rate this time.
  void take(const Counters& counters, SteadyTime now);
  // The next counters are those of another process: they are not compared with these. What is known of their course stays.
  void begin_anew();

  // Between the last two readings; nullopt if there are not two.
  [[nodiscard]] std::optional<double> rate(const std::string& counter) const;
  // The oldest first.
  [[nodiscard]] std::vector<double> course(const std::string& counter) const;

 private:
  struct Series {
    std::optional<std::uint64_t> last = std::nullopt;
    std::optional<double> rate = std::nullopt;
    std::vector<double> course = {};
  };

  std::map<std::string, Series> series_;
  SteadyTime taken_at_{};
};

}  // namespace logsniffd::cli
