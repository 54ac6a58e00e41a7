// config/schema.json, applied to a configuration as an editor applies it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace logsniffd::config {

// What the schema finds in the YAML text; empty if the text conforms, nothing if it cannot be parsed.
[[nodiscard]] std::optional<std::vector<std::string>> schema_faults(const std::string& yaml);

}  // namespace logsniffd::config
