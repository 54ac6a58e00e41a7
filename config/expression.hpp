// Whether a regular expression of the configuration compiles.
#pragma once

#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::config {

// Fails with RE2's own message. At most kMaxExpression bytes.
[[nodiscard]] Status check_expression(std::string_view expression);

}  // namespace logsniffd::config
