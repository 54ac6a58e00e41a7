// The times that programs write into their structured messages:
//
//   2026-09-21T14:11:18.123Z         RFC 3339 and ISO 8601; a blank in place of the T, slashes in the date, a comma
//                                    before the fraction (Python, winston, log4j, nginx, Go)
//   21/Sep/2026:14:11:18 +0000       Apache, also in brackets; 21-Sep-2026 14:11:18 (PHP, BIND)
//   Mon, 21 Sep 2026 14:11:18 GMT    HTTP and mail
//   Mon Sep 21 14:11:18 2026         asctime, with or without a zone before the year (date, Java)
//   Mon Sep 21 2026 14:11:18 GMT+0200 (Central European Summer Time)    JavaScript
//   1790000000.123                   the time since 1970 as a number, perhaps with a fraction or an exponent. Its
//                                    magnitude gives its unit: 9 or 10 digits before the point are seconds, 12 to 14
//                                    milliseconds, 15 to 17 microseconds, 18 or 19 nanoseconds. Anything smaller lies
//                                    before 1973, and is a duration or a counter rather than a time
//
// A zone may follow the clock, with or without a blank before it: Z, an offset (+02:00, +0200, +02), UTC or GMT, either
// with an offset, [UTC]. After an offset the same zone may be given once more: [Europe/Berlin] (Java's ZonedDateTime),
// an abbreviation and a monotonic clock (Go: "+0200 CEST m=+0.1"). The name of another zone alone ("CEST",
// "[Europe/Berlin]") is not accepted as a time: its offset is not known here, and a guess could be wrong by hours. A
// time without a zone is in the zone of this process.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::record::value {

// Nothing unless the whole of `text` is such a time. captured_at serves the zone of a time that has none.
[[nodiscard]] std::optional<PacketTime> read_logged_time(std::string_view text, PacketTime captured_at);
[[nodiscard]] std::optional<PacketTime> read_epoch_time(std::string_view text);

}  // namespace logsniffd::record::value
