// How this room compiles an expression: within ExpressionSet::kMemoryBytes, and RE2 logs nothing.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::pattern {

[[nodiscard]] RE2::Options quiet_options();
// Fails (usage) with the expression and RE2's own words.
[[nodiscard]] Expected<std::unique_ptr<const RE2>> compile_expression(std::string_view expression);

}  // namespace logsniffd::pattern
