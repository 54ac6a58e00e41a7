// Decides which errors of a sink are reported: at most one in kInterval. The latest of those held back is reported when
// the interval has passed, with the number of them.
//
// THREAD  confined to the sink's worker.
// BOUNDS  one error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

class ErrorReports {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(10);

  // REQUIRED: not empty.
  void add(std::string error);
  [[nodiscard]] bool empty() const { return held_errors_ == 0; }  // nothing is held back
  // The text that is to be reported now, if there is one.
  [[nodiscard]] std::optional<std::string> take_due(SteadyTime now);
  // How long until there is one; nullopt: nothing is held back.
  [[nodiscard]] std::optional<Duration> rest(SteadyTime now) const;
  // The end: the text that is still held back, unless it only repeats the latest report.
  [[nodiscard]] std::optional<std::string> take_last();

 private:
  [[nodiscard]] std::string take();

  std::string held_;  // the latest error that is not reported
  std::uint64_t held_errors_ = 0;
  std::string reported_;  // the latest error that is
  std::optional<SteadyTime> reported_at_;
};

}  // namespace logsniffd::sink
