// The fields of a template, such as '{time} {src} {message}' (docs/configuration.md, FORMAT).
//
// This checks; the sink room compiles. It is here so that a misspelt field is found with its place in the file.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::config {

// How many fields the template has. Fails, with the nearest name, on an unknown field, and on braces that do not match.
[[nodiscard]] Expected<std::size_t> count_template_fields(std::string_view text);

}  // namespace logsniffd::config
