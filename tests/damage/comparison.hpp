// Compares the records of a damaged capture with those of the undamaged capture, and finds what is wrong:
//
//   elsewhere      a record of another flow has changed
//   before         a record before the damage has changed
//   far_behind     a record more than kMostRecords records and kMostBytes bytes after the damage has changed
//   behind         a record has changed although the damage does not touch it (flow_text.hpp); except the record after
//                  the damage: it may carry the mark, and the proof of its start may have been in the damage
//   false_whole    a record is marked as whole, and the undamaged capture does not have it; except the first lines of
//                  joined ones whose sender died after them
//   false_text     a record is marked, and its message is not a piece of the original text
//   ledger         a sum does not hold
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/damage/flow_text.hpp"

namespace logsniffd::damage {

inline constexpr std::size_t kMostRecords = 30;
inline constexpr std::size_t kMostBytes = 64 * 1024;

enum class Fault : std::uint8_t { elsewhere, before, far_behind, behind, false_whole, false_text, ledger };
[[nodiscard]] std::string to_string(Fault fault);

struct Finding {
  Fault fault;
  std::string detail;
};

// The reference records of one undamaged capture. The condition must outlive it.
class Reference {
 public:
  explicit Reference(const Condition& condition);

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  // The number of flows for which `behind` cannot be decided (FlowText::is_known).
  [[nodiscard]] std::size_t unknown_texts() const;
  [[nodiscard]] std::vector<Finding> compare(const Damage& damage, const Outcome& damaged) const;

 private:
  // The records of one flow and one filter.
  struct Group {
    std::vector<SeenRecord> records;
    FlowText text;
    bool joined_lines;
  };
  using Key = std::pair<Flow, std::string>;

  void compare_group(const Damage& damage, const Group& group, const std::vector<SeenRecord>& damaged,
                     std::vector<Finding>& findings) const;
  void judge_missing(const Group& group, const LostRange& lost, std::size_t record, std::size_t last_touched,
                     std::vector<Finding>& findings) const;
  [[nodiscard]] Group make_group(const Key& key, std::vector<SeenRecord> records) const;

  const Condition& condition_;
  Outcome outcome_;
  std::map<Key, Group> groups_;
};

}  // namespace logsniffd::damage
