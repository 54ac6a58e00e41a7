// Whether a regular expression compiles. expression.cpp is the only file of this room that sees RE2.
#pragma once

#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::config {

// Fails with RE2's own message. At most kMaxExpression bytes.
[[nodiscard]] Status check_expression(std::string_view expression);

}  // namespace logsniffd::config
