// What Cisco's systems send (IOS, IOS XE, NX-OS, ASA, FTD):
//
//   [sequence ": "] [origin ": "] ["*" | "."] [time [zone]] [" " host] ": " %FACILITY[-SUBFACILITY]-SEVERITY-MNEMONIC
//   ": " text <189>123: router1: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: Configured from console
//
// app is the facility ("SYS"), msgid the whole name ("SYS-5-CONFIG_I"), message the text. "*" and "." say that the
// device's clock is not set by, or not in step with, a time server: its time is taken nonetheless.
#pragma once

#include <string_view>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// All or nothing: false leaves `record` as it was. A host or time that a relay put in front (set in `record` already)
// gives way only to one of Cisco's own.
bool read_cisco(std::string_view text, LogRecord& record);

}  // namespace logsniffd::record
