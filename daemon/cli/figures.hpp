// The figures of a report (docs/control.md) as text for people. A member that is missing, or of another kind, is "-".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/control/protocol.hpp"

namespace logsniffd::cli {

// The member `name` of an object; null if there is none. REQUIRED: `object` outlives the result.
[[nodiscard]] const control::Json& at(const control::Json& object, const char* name);

// nullopt if it is not a whole number from 0.
[[nodiscard]] std::optional<std::uint64_t> counter_of(const control::Json& value);
// The text, with its control characters escaped.
[[nodiscard]] std::string text_of(const control::Json& value);
// 1234567 as "1,234,567".
[[nodiscard]] std::string count_of(const control::Json& value);
// 9.46 as "9.5", 12345 as "12k".
[[nodiscard]] std::string rate_of(const control::Json& value);
// Bytes: 1536 as "1.5 KiB".
[[nodiscard]] std::string size_of(const control::Json& value);
// 3700 as "1 h 1 min".
[[nodiscard]] std::string span_of(const control::Json& seconds);
// 3700 as "1 h 1 min ago". Without a number: "never".
[[nodiscard]] std::string ago(const control::Json& seconds);
// Counts by reason, as "match 12, severity 3"; "0" if all are 0.
[[nodiscard]] std::string counts_of(const control::Json& object);
// The sum of counts by reason.
[[nodiscard]] std::uint64_t sum_of(const control::Json& object);
// "unaccounted  packets 0, bytes 0, records 0".
[[nodiscard]] std::string unaccounted_of(const control::Json& report);

}  // namespace logsniffd::cli
