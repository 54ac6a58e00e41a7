// Regular expressions that are tested together: does any of them match in a text?
//
// The only door to RE2: linear in the text whatever the expression, and no recursion. RE2 logs nothing.
//
// THREAD  immutable after compile(); matches() may run on any thread.
// BOUNDS  kMemoryBytes for each expression, and once more for all of them together.
#pragma once

#include <re2/re2.h>
#include <re2/set.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"

namespace logsniffd::pattern {

// Fails (usage) with RE2's own words, without the expression.
[[nodiscard]] Status check_expression(std::string_view expression);

class ExpressionSet {
 public:
  static constexpr std::int64_t kMemoryBytes = 8 * 1024 * 1024;

  // Fails (usage) with the expression and RE2's own words.
  [[nodiscard]] static Expected<ExpressionSet> compile(const std::vector<std::string>& expressions);

  [[nodiscard]] bool empty() const { return each_.empty(); }
  [[nodiscard]] bool matches(std::string_view text) const;  // false if empty()

 private:
  std::vector<std::unique_ptr<const RE2>> each_;
  std::unique_ptr<const RE2::Set> together_;  // set if there are several: one pass tests them all
};

}  // namespace logsniffd::pattern
