// A regular expression for the line that starts a multi-line record. It may match anywhere in the line as written.
//
// THREAD  immutable after compile(); starts_record() may run on any thread.
// BOUNDS  as ExpressionSet, which is the door to RE2.
#pragma once

#include <string>

#include "daemon/base/error.hpp"
#include "daemon/framing/line_start.hpp"
#include "daemon/pattern/expression_set.hpp"

namespace logsniffd::filter {

class LinePattern final : public framing::LineStart {
 public:
  // Fails (usage) with the expression and RE2's own words.
  static Expected<LinePattern> compile(const std::string& expression);

  [[nodiscard]] bool starts_record(Bytes line) const override { return expression_.matches(as_text(line)); }

 private:
  explicit LinePattern(pattern::ExpressionSet expression) : expression_(std::move(expression)) {}

  pattern::ExpressionSet expression_;  // contains only one
};

}  // namespace logsniffd::filter
