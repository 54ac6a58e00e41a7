#include "daemon/pattern/whole_match.hpp"

#include "daemon/pattern/compile.hpp"

namespace logsniffd::pattern {

Expected<WholeMatch> WholeMatch::compile(std::string_view expression) {
  auto compiled = compile_expression(expression);
  if (!compiled) return fail(std::move(compiled.error()));
  return WholeMatch(std::move(*compiled));
}

}  // namespace logsniffd::pattern
