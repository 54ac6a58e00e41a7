// A regular expression that a whole text must match, as if it stood between ^ and $.
//
// THREAD  immutable after compile(); any.
// BOUNDS  as ExpressionSet.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::pattern {

class WholeMatch {
 public:
  // Fails (usage) with the expression and RE2's own words.
  [[nodiscard]] static Expected<WholeMatch> compile(std::string_view expression);

  [[nodiscard]] bool matches(std::string_view text) const {
    return expression_->Match(text, 0, text.size(), RE2::ANCHOR_BOTH, nullptr, 0);
  }

 private:
  explicit WholeMatch(std::unique_ptr<const RE2> expression) : expression_(std::move(expression)) {}
  std::unique_ptr<const RE2> expression_;
};

}  // namespace logsniffd::pattern
