// A log of several records, as its sender writes it. Its lines go in one after the other; the records must come out.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "daemon/framing/line_joiner.hpp"

namespace logsniffd::framing {

enum class Starts { nothing, digit, bracket, go };  // the lines that a start pattern finds

struct JoinCase {
  std::string name;    // the condition
  std::string source;  // the sender
  JoinMode mode = JoinMode::traceback;
  Starts starts = Starts::nothing;
  std::vector<std::string> records;
  bool ends_here = false;  // later lines would tell more about the last ones
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
