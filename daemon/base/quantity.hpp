// Sizes and times as people write them: "64KiB", "2s". The unit is required; a bare number is not accepted.
//
// Sizes: B KiB MiB GiB. Times: us ms s m h d. A whole number precedes the unit; no sign, no fraction. The result is
// nullopt if the text is not a quantity, or if the value does not fit in 63 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd {

std::optional<std::uint64_t> parse_size(std::string_view text);
std::optional<Duration> parse_duration(std::string_view text);

// The shortest exact form: 65536 -> "64KiB", 90s -> "90s".
std::string format_size(std::uint64_t bytes);
std::string format_duration(Duration duration);

}  // namespace logsniffd
