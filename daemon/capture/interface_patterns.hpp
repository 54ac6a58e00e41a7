// The names and globs of capture.interfaces, matched against the interfaces that are there.
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
// Names match themselves, globs as fnmatch(3) has it. `any` matches no interface: it is none.
[[nodiscard]] bool matches_any(const std::vector<std::string>& patterns, const std::string& name);
// ERRORS  usage, where a name without glob characters is no interface of `table`:
//         "nosuch0: no such interface; this machine has: lo, eth0 (did you mean 'x'?)".
[[nodiscard]] Status check_name(const std::string& pattern, const LinkTable& table);
// "lo, eth0", cut off after a handful with ", ...".
[[nodiscard]] std::string names_of(const LinkTable& table);

}  // namespace logsniffd::capture
