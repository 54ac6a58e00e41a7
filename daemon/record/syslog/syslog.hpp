// Reads one syslog message: RFC 5424 (section 6), RFC 3164 (section 4.1), and the variants that real senders put on
// the wire.
//
// A valid <PRI> is enough: what cannot be read after it stays in the message, byte for byte.
//   - Trailing NULs, CRs and LFs belong to the transport (Python's SysLogHandler; relays), and a BOM before the text to
//     the encoding: both are dropped.
//   - If the RFC 5424 header is broken, the text after <PRI> is read as RFC 3164's.
//   - Structured data that is broken, or exceeds kMaxFields, opens the message; the header before it is kept.
//   - Header tokens may be longer than RFC 5424 allows; "-" is absent.
//
// Pure, except for the time zone of the process (local_zone.hpp). Linear in the message; allocates only in `fields`
// and `unescaped`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record::syslog {

// True, with the record filled in, if `text` starts with a valid <PRI> (0..191, RFC 5424 6.2.1). False leaves `record`
// as it was. `fields` and `unescaped` back the record's fields, and must live as long as it is used. fields.size() is
// above kMaxFields exactly if structured data stayed in the message because there was no room for it.
[[nodiscard]] bool parse_syslog(std::string_view text, LogRecord& record, std::vector<Field>& fields,
                                std::string& unescaped);

}  // namespace logsniffd::record::syslog
