// What `logsniffd top` knows of a daemon: its last report (docs/control.md), and the rates between the reports.
//
// THREAD  confined to one thread. A copy stays as it is: that is how the screen pauses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/rate_history.hpp"
#include "daemon/control/protocol.hpp"

namespace logsniffd::cli {

enum class SortKey { rate, records, dropped, name };
inline constexpr int kSortKeys = 4;
[[nodiscard]] const char* word_of(SortKey key);

struct SortOrder {
  SortKey key = SortKey::rate;
  bool reversed = false;  // otherwise the largest first, and names from A to Z
};

// A filter or a sink. REQUIRED: the model neither changes nor goes while its rows are used.
struct TopRow {
  const control::Json* report;  // its object in the report
  std::optional<double> rate;   // records by the second
  std::vector<double> course;   // of the rate, the oldest first
};

// Why there are no new reports.
struct Silence {
  std::string state;  // "is not running"
  std::string why;    // a sentence; may be empty
};

class TopModel {
 public:
  // Takes a report that came at `now`.
  void take(control::Json report, SteadyTime now);
  // There is no report. What was known stays, until the next take().
  void lose(Silence silence);

  // Null before the first.
  [[nodiscard]] const control::Json& report() const { return report_; }
  [[nodiscard]] const std::optional<Silence>& silence() const { return silence_; }
  [[nodiscard]] bool well() const;

  // The rate of the last second or, if there were not two reports yet, what the report says.
  [[nodiscard]] std::optional<double> packets_rate() const;
  [[nodiscard]] std::optional<double> bytes_rate() const;
  [[nodiscard]] std::optional<double> records_rate() const;
  // Rows that are equal by the key are in the order of their names, at last in that of the report.
  [[nodiscard]] std::vector<TopRow> filters(SortOrder order) const;
  [[nodiscard]] std::vector<TopRow> sinks(SortOrder order) const;

 private:
  [[nodiscard]] std::optional<double> total_rate(const char* counter, const char* reported) const;
  [[nodiscard]] std::vector<TopRow> rows(const char* list, const char* count, SortOrder order) const;

  control::Json report_;
  RateHistory rates_;
  std::optional<Silence> silence_;
};

}  // namespace logsniffd::cli
