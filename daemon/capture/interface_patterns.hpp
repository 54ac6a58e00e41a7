// The names and globs of capture.interfaces, matched against the existing interfaces.
//
// Stateless values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/capture/link_table.hpp"

namespace logsniffd::capture {

[[nodiscard]] bool is_glob(std::string_view pattern);
// Names match themselves; globs match as in fnmatch(3). `any` matches no interface, because it is not one.
[[nodiscard]] bool matches_any(const std::vector<std::string>& patterns, const std::string& name);
// ERRORS  usage, if a name without glob characters is not an interface of `table`: "nosuch0: no such interface; this
//         machine has: lo, eth0 (did you mean 'x'?)".
[[nodiscard]] Status check_name(const std::string& pattern, const LinkTable& table);
// Returns "lo, eth0", cut off after a handful with ", ...".
[[nodiscard]] std::string names_of(const LinkTable& table);

}  // namespace logsniffd::capture
