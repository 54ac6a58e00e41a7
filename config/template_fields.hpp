// The fields of a template, such as '{time} {src} {message}' (docs/configuration.md, FORMAT).
//
// This file checks them; the sink room compiles them. The check is here so that a misspelt field is reported with its
// place in the file.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::config {

// Returns the number of fields. Fails on an unknown field, with the nearest name, and on braces that do not match.
[[nodiscard]] Expected<std::size_t> count_template_fields(std::string_view text);

}  // namespace logsniffd::config
