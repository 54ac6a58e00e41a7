// IBM's Log Event Extended Format (QRadar LEEF Guide, versions 1.0 and 2.0):
//
//   LEEF:1.0|vendor|product|version|event|key=value TAB key=value ...
//   LEEF:2.0|vendor|product|version|event|delimiter|key=value ...
//
// The header becomes the fields leef.vendor, leef.product, leef.version, leef.event, in this order, and empty where the
// device left them empty. The attributes become fields under the keys sent (src, usrName).
//
//   - The delimiter is one character, or its code in hexadecimal: x or 0x and 1 to 4 digits. If it is empty, or the
//     attributes begin in its place (Trend Micro sends that), it is TAB, as it always is in version 1.0.
//   - LEEF has no escapes: everything stays as it was sent.
//   - An attribute without "=", or with a key longer than kMaxEventKey, cannot be read. Empty ones are skipped.
//
// Pure. Linear in the text; allocates only in `fields`.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"
#include "daemon/record/syslog/security_event.hpp"

namespace logsniffd::record::syslog {

// `text` is the message and remains it. Appends to `fields`, up to kMaxFields in all, and sets record.severity from the
// attribute sev if there is none yet (a PRI is the sender's own word for it). After a whole header, with all five
// pipes, the first thing that cannot be read ends the fields. Names and values point into the text or are literals.
[[nodiscard]] EventFields read_leef(std::string_view text, LogRecord& record, std::vector<Field>& fields);

}  // namespace logsniffd::record::syslog
