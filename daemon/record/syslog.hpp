// Reads one syslog message: RFC 5424 (section 6), RFC 3164 (section 4.1), and the variants that real senders put on the
// wire.
//
// A valid <PRI> is all it takes: what cannot be read behind it stays in the message, byte for byte. So
//   - trailing NULs, CRs and LFs are transport (Python's SysLogHandler; relays), a BOM in front of the text is
//   encoding: dropped;
//   - a header of RFC 5424 that is broken is no header: the text behind <PRI> is read as RFC 3164's;
//   - broken structured data, or more of it than kMaxFields, opens the message; the header in front of it is good;
//   - header tokens may be longer than RFC 5424 allows; "-" is absent.
//
// Pure but for the time zone of the process (local_zone.hpp). Linear in the message; allocates only in `fields` and
// `unescaped`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// True, with the record filled in, where `text` starts with a valid <PRI> (0..191, RFC 5424 6.2.1). False leaves
// `record` as it was. `fields` and `unescaped` back the record's fields and live as long as it is used. fields.size()
// is above kMaxFields exactly where structured data stayed in the message because there was no room for it.
[[nodiscard]] bool parse_syslog(std::string_view text, LogRecord& record, std::vector<Field>& fields,
                                std::string& unescaped);

}  // namespace logsniffd::record
