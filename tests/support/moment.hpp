// Moments as text, for the tables of tests: "YYYY-MM-DD hh:mm:ss[.fraction]", UTC.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::test {

// The moment at which every message of the tables was captured: five seconds after 22:14:15 on October 11, 2026, in the
// zone of a process that links this file, which keeps the summer time of the European Union.
inline constexpr std::string_view kCapturedAt = "2026-10-11 20:14:20";

PacketTime moment(std::string_view text);  // without a fraction
std::string to_text(PacketTime time);      // omits trailing zeros of the fraction

}  // namespace logsniffd::test
