// Small pictures made of characters: a sparkline and a bar.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/cli/cells.hpp"

namespace logsniffd::cli {

// The last `cells` values, one a cell, the newest at the right; the largest of them has the full height. 0 is the lowest
// line, and every value above it is higher. A cell without a value is blank.
// REQUIRED: no value is negative.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, std::size_t cells, Charset charset);

// A bar whose filled part is `part` of it, 0 to 1. It is empty only at 0, and full only at 1.
[[nodiscard]] std::string bar(double part, std::size_t cells, Charset charset);

}  // namespace logsniffd::cli
