#include "config/expression.hpp"

#include <fmt/format.h>

#include "config/bounds.hpp"
#include "config/value.hpp"
#include "daemon/pattern/expression_set.hpp"

namespace logsniffd::config {

Status check_expression(std::string_view expression) {
  if (expression.empty()) return fail(Error::usage("is empty and would match everything; remove it"));
  if (expression.size() > kMaxExpression) {
    return fail(Error::usage(fmt::format("is longer than {} bytes; split it into several", kMaxExpression)));
  }
  const Status valid = pattern::check_expression(expression);
  if (valid) return {};
  return fail(
      Error::usage(fmt::format("{} is not a valid RE2 expression: {}; see https://github.com/google/re2/wiki/Syntax",
                               quoted(expression), valid.error().message())));
}

}  // namespace logsniffd::config
