// The records of a damaged capture beside those of the capture as it was: what is wrong with them.
//
// Wrong is
//   elsewhere      a record of another flow is not what it was
//   before         a record that lies before the damage is not what it was
//   far_behind     a record is not what it was more than kMostRecords records and kMostBytes bytes behind the damage
//   behind         a record is not what it was, although the damage does not touch it (flow_text.hpp), and the record
//                  behind the damage is not the one: it may carry the mark, and its start may have had its proof there
//   false_whole    a record says that it is whole, and the capture as it was does not have it; but for the first lines
//                  of joined ones where their sender died behind them
//   false_text     a record is marked, and its message is no piece of the text that was there
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

// Of one capture as it was. The condition must outlive it.
class Reference {
 public:
  explicit Reference(const Condition& condition);

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  // Of flows, where `behind` cannot be told (FlowText::is_known).
  [[nodiscard]] std::size_t unknown_texts() const;
  [[nodiscard]] std::vector<Finding> compare(const Damage& damage, const Outcome& damaged) const;

 private:
  // Records of one flow and one filter.
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
