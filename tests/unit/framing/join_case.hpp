// A log of several records, as its sender writes it: all lines in a row go in, and the records must come out.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "daemon/framing/line_joiner.hpp"

namespace logsniffd::framing {

enum class Starts { nothing, digit, bracket, go };  // which lines a start pattern would find

struct JoinCase {
  std::string name;    // of the condition
  std::string source;  // who writes this
  JoinMode mode = JoinMode::traceback;
  Starts starts = Starts::nothing;
  std::vector<std::string> records;
  bool ends_here = false;  // what is written behind would tell more about the last lines
};

inline void PrintTo(const JoinCase& c, std::ostream* out) { *out << c.source; }

std::vector<JoinCase> java_cases();
std::vector<JoinCase> java_message_cases();
std::vector<JoinCase> python_cases();
std::vector<JoinCase> python_message_cases();
std::vector<JoinCase> go_cases();
std::vector<JoinCase> node_cases();
std::vector<JoinCase> php_cases();
std::vector<JoinCase> ruby_cases();
std::vector<JoinCase> rust_cases();
std::vector<JoinCase> start_and_indent_cases();

}  // namespace logsniffd::framing
