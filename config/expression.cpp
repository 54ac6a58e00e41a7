#include "config/expression.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "config/bounds.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

Status check_expression(std::string_view expression) {
  if (expression.empty()) return fail(Error::usage("is empty and would match everything; remove it"));
  if (expression.size() > kMaxExpression) {
    return fail(Error::usage(fmt::format("is longer than {} bytes; split it into several", kMaxExpression)));
  }
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(re2::StringPiece(expression.data(), expression.size()), options);
  if (compiled.ok()) return {};
  return fail(Error::usage(fmt::format("{} is no RE2 expression: {}", quoted(expression), compiled.error())));
}

}  // namespace logsniffd::config
