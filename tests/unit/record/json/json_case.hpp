// One JSON message as a logger writes it, and every expected member of the record.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace logsniffd::record::json {

struct JsonCase {
  std::string name = {};  // the logger or the condition
  std::string text = {};
  std::string severity = {};  // empty: absent, here and below
  std::string sent = {};      // UTC, "YYYY-MM-DD hh:mm:ss[.fraction]"
  std::string host = {};
  std::string app = {};
  std::string pid = {};
  std::string message = {};
  std::vector<std::pair<std::string, std::string>> fields = {};
};

inline void PrintTo(const JsonCase& c, std::ostream* out) { *out << c.name << ": " << c.text; }

std::vector<JsonCase> logger_cases();

}  // namespace logsniffd::record::json
