// The times that programs write into their structured messages.
//
//   - RFC 3339, with the liberties of syslog_time.hpp, and with a space in place of the T (Python's asctime, winston);
//   - the time since 1970 as a number, with a fraction or an exponent, too. Its magnitude says its unit: 9 or 10 digits
//     before the point are seconds, 12 to 14 milliseconds, 15 to 17 microseconds, 18 or 19 nanoseconds. Whatever is
//     smaller lies before 1973, and is a duration or a counter rather than a time.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::record {

// Nothing where the whole of `text` is no such time. captured_at: for the zone of a time that has none.
[[nodiscard]] std::optional<PacketTime> read_logged_time(std::string_view text, PacketTime captured_at);
[[nodiscard]] std::optional<PacketTime> read_epoch_time(std::string_view text);

}  // namespace logsniffd::record
