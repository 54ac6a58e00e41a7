// One event of a security device as the text of a record, and the expected fields.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/record/syslog/security_event.hpp"

namespace logsniffd::record::syslog {

struct SecurityEventCase {
  std::string name = {};    // the condition
  std::string source = {};  // the sender, or the document that shows the event
  std::string text = {};
  std::optional<Severity> severity = {};
  std::vector<std::pair<std::string, std::string>> fields = {};
  EventFields read = EventFields::all;
};

std::vector<SecurityEventCase> cef_cases();

inline void PrintTo(const SecurityEventCase& c, std::ostream* out) { *out << c.source << ": " << c.text; }

inline std::string case_name(const testing::TestParamInfo<SecurityEventCase>& info) { return info.param.name; }

inline std::vector<std::pair<std::string, std::string>> to_pairs(const std::vector<Field>& fields) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Field& field : fields) pairs.emplace_back(field.name, field.value);
  return pairs;
}

}  // namespace logsniffd::record::syslog
