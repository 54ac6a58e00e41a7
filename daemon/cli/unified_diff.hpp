// The difference of two texts as `diff -u` shows it: hunks of lines, each with three lines of context.
//
// BOUNDS  memory: some times the texts. Time grows with the product of their length and of the number of lines that
//         differ.
#pragma once

#include <string>
#include <string_view>

namespace logsniffd::cli {

// Empty if the texts are equal. The two lines with the names of the texts are left to the caller.
[[nodiscard]] std::string unified_diff(std::string_view before, std::string_view after);

}  // namespace logsniffd::cli
