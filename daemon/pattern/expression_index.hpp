// Many regular expressions in one automaton: which of them are found in a text?
//
// One pass over the text tests all of them, however many there are.
//
// THREAD  immutable after compile(); find() may run on any thread.
// BOUNDS  kMemoryBytes. An automaton that needs more on a text starts again with an empty cache, and becomes slow.
#pragma once

#include <re2/set.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace logsniffd::pattern {

class ExpressionIndex {
 public:
  static constexpr std::int64_t kMemoryBytes = std::int64_t{32} << 20;

  // Empty if they are too large for one automaton. REQUIRED: each of them is valid.
  [[nodiscard]] static ExpressionIndex compile(const std::vector<std::string>& expressions);

  [[nodiscard]] bool empty() const { return !set_; }
  // Makes `found` the numbers of the expressions that are found in the text, in no order. False if the automaton has no
  // room for this text: then ask each of them. REQUIRED: not empty().
  [[nodiscard]] bool find(std::string_view text, std::vector<int>& found) const;

 private:
  std::unique_ptr<const RE2::Set> set_;
};

}  // namespace logsniffd::pattern
