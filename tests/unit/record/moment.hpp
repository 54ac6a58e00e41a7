// Moments as text, for tables of tests: "YYYY-MM-DD hh:mm:ss[.fraction]", UTC.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::record {

PacketTime moment(std::string_view text);  // without a fraction
std::string to_text(PacketTime time);      // trailing zeros of the fraction are left out

}  // namespace logsniffd::record
