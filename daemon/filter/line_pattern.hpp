// The line that starts a record of several, as a regular expression: found anywhere in the line, as it is written.
//
// THREAD  immutable after compile(); starts_record() may run on any thread.
// BOUNDS  as ExpressionSet, which is the door to RE2.
#pragma once

#include <string>

#include "daemon/base/error.hpp"
#include "daemon/filter/expression_set.hpp"
#include "daemon/framing/line_start.hpp"

namespace logsniffd::filter {

class LinePattern final : public framing::LineStart {
 public:
  // Fails (usage) with the expression and RE2's own words about it.
  static Expected<LinePattern> compile(const std::string& expression);

  [[nodiscard]] bool starts_record(Bytes line) const override { return expression_.matches(as_text(line)); }

 private:
  explicit LinePattern(ExpressionSet expression) : expression_(std::move(expression)) {}

  ExpressionSet expression_;  // of one
};

}  // namespace logsniffd::filter
