#include "tests/damage/comparison.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::damage {
namespace {

using Records = std::vector<SeenRecord>;

std::string shown(const SeenRecord& record) {
  std::string text = "\"" + record.message.substr(0, 60) + "\"";
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = '.';
  }
  return text + " " + std::string(logsniffd::to_string(record.integrity));
}

// The records that only one of two lists has; the others are their longest common subsequence.
struct Difference {
  std::vector<std::size_t> missing;  // indices into `before`
  std::vector<std::size_t> added;    // indices into `after`
};

Difference compare_lists(const Records& before, const Records& after) {
  std::size_t head = 0;
  while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < before.size() - head && tail < after.size() - head &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  const std::size_t rows = before.size() - head - tail;
  const std::size_t columns = after.size() - head - tail;
  std::vector<std::vector<std::size_t>> common(rows + 1, std::vector<std::size_t>(columns + 1));
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i][j] =
          before[head + i] == after[head + j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  Difference difference;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[head + i] == after[head + j]) {
      ++i;
      ++j;
    } else if (j == columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) {
      difference.missing.push_back(head + i++);
    } else {
      difference.added.push_back(head + j++);
    }
  }
  return difference;
}

std::map<std::pair<Flow, std::string>, Records> grouped(const Outcome& outcome) {
  std::map<std::pair<Flow, std::string>, Records> groups;
  for (const SeenRecord& record : outcome.records) groups[{record.flow, record.filter}].push_back(record);
  return groups;
}

bool is_part_of_message(const Records& records, const std::string& text) {
  return std::any_of(records.begin(), records.end(),
                     [&](const SeenRecord& record) { return record.message.find(text) != std::string::npos; });
}

bool has_first_lines(const Records& records, const std::string& lines) {
  return std::any_of(records.begin(), records.end(),
                     [&](const SeenRecord& record) { return record.message.starts_with(lines + "\n"); });
}

}  // namespace

std::string to_string(Fault fault) {
  switch (fault) {
    case Fault::elsewhere:
      return "elsewhere";
    case Fault::before:
      return "before";
    case Fault::far_behind:
      return "far_behind";
    case Fault::behind:
      return "behind";
    case Fault::false_whole:
      return "false_whole";
    case Fault::false_text:
      return "false_text";
    case Fault::ledger:
      break;
  }
  return "ledger";
}

Reference::Reference(const Condition& condition) : condition_(condition), outcome_(condition.run(condition.all())) {
  for (auto& [key, records] : grouped(outcome_)) groups_.emplace(key, make_group(key, std::move(records)));
}

Reference::Group Reference::make_group(const Key& key, Records records) const {
  std::vector<std::string> messages;
  for (const SeenRecord& record : records) messages.push_back(record.message);
  const bool joined_lines = condition_.joins_lines(key.second);
  FlowText text(key.first, condition_.packets(), messages, joined_lines);
  return {std::move(records), std::move(text), joined_lines};
}

std::size_t Reference::unknown_texts() const {
  return static_cast<std::size_t>(
      std::count_if(groups_.begin(), groups_.end(), [](const auto& entry) { return !entry.second.text.is_known(); }));
}

std::vector<Finding> Reference::compare(const Damage& damage, const Outcome& damaged) const {
  std::vector<Finding> findings;
  if (!damaged.imbalance.empty()) findings.push_back({Fault::ledger, damaged.imbalance});
  auto seen = grouped(damaged);
  for (const auto& [key, group] : groups_) {
    compare_group(damage, group, seen[key], findings);
    seen.erase(key);
  }
  for (const auto& [key, records] : seen) {
    compare_group(damage, make_group(key, {}), records, findings);
  }
  return findings;
}

void Reference::compare_group(const Damage& damage, const Group& group, const Records& damaged,
                              std::vector<Finding>& findings) const {
  const Difference difference = compare_lists(group.records, damaged);
  const LostRange lost = group.text.lost(damage, condition_.packets());
  std::size_t last_touched = 0;  // one past it
  for (std::size_t i = 0; group.text.is_known() && i < group.records.size(); ++i) {
    if (group.text.is_touched(i, lost) || group.text.is_before(i, lost)) last_touched = i + 1;
  }
  for (const std::size_t i : difference.missing) judge_missing(group, lost, i, last_touched, findings);
  for (const std::size_t i : difference.added) {
    const SeenRecord& record = damaged[i];
    const bool died = damage.kind == Damage::Kind::ended && group.joined_lines;
    if (record.integrity == Integrity::whole) {
      if (!died || !has_first_lines(group.records, record.message))
        findings.push_back({Fault::false_whole, shown(record)});
    } else if (!group.text.holds(record.message) && !is_part_of_message(group.records, record.message)) {
      findings.push_back({Fault::false_text, shown(record)});
    }
  }
}

void Reference::judge_missing(const Group& group, const LostRange& lost, std::size_t record, std::size_t last_touched,
                              std::vector<Finding>& findings) const {
  const std::string what = shown(group.records[record]);
  if (!group.text.is_known()) return;
  if (!lost.any()) {
    findings.push_back({Fault::elsewhere, what});
  } else if (group.text.is_touched(record, lost)) {
    return;
  } else if (group.text.is_before(record, lost)) {
    findings.push_back({Fault::before, what});
  } else if (record > last_touched) {
    const bool far = record - last_touched >= kMostRecords && group.text.bytes_behind(record, lost) > kMostBytes;
    findings.push_back({far ? Fault::far_behind : Fault::behind,
                        what + ", the " + std::to_string(record - last_touched + 1) + ". record behind"});
  }
}

}  // namespace logsniffd::damage
