// What CEF and LEEF have in common: a security device's event is one line of text, whose parts become fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record::syslog {

inline constexpr std::size_t kMaxEventKey = 64;

enum class EventFields : std::uint8_t {
  none,  // not an event: neither record nor fields were touched
  some,  // a whole header, then something that cannot be read, or more fields than there is room for
  all,
};

// Reads 0..10, or Low, Medium, High, Very-High in any case. ArcSight's bands: 0-3 Low is info, 4-6 Medium warning, 7-8
// High err, 9-10 Very-High crit. Nothing if it is not a severity, or is Unknown.
[[nodiscard]] std::optional<Severity> event_severity(std::string_view text);

// False if there are kMaxFields already.
[[nodiscard]] bool add_field(std::vector<Field>& fields, std::string_view name, std::string_view value);

}  // namespace logsniffd::record::syslog
