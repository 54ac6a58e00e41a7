#include "daemon/filter/line_pattern.hpp"

#include <utility>

namespace logsniffd::filter {

Expected<LinePattern> LinePattern::compile(const std::string& expression) {
  Expected<pattern::ExpressionSet> compiled = pattern::ExpressionSet::compile({expression});
  if (!compiled) return fail(std::move(compiled.error()));
  return LinePattern(std::move(*compiled));
}

}  // namespace logsniffd::filter
