// The old syslog header after <PRI> (RFC 3164, section 4.1): [time] [host] [tag[pid]:] message, each part present or
// not, and what devices and relays write in its place (header_shape.hpp).
//
// The RFC leaves much to chance. These rules decide:
//   - "TIME HOST TAG: " and "TIME TAG: " are taken as they are, unless the first word opens messages ("last message
//     repeated 2 times") or a mnemonic follows: a device writes that;
//   - otherwise a shape of header_shape.hpp, if one fits;
//   - otherwise a host is expected only after a time. It must be a word that can be one (header_word.hpp), and not the
//     last. Then a tag may follow;
//   - everything else is the message. Only separators, sequence numbers, and a severity that PRI has already given
//     are dropped.
//   - "[ID 123456 auth.info] " at the front of the message is Solaris's message identifier.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record::syslog {

// Sets sent, host, app, pid, msgid, message and fields of `record`, whose other members are already set. REQUIRED:
// `fields` is empty; it backs the record's.
void read_rfc3164(std::string_view text, LogRecord& record, std::vector<Field>& fields);

}  // namespace logsniffd::record::syslog
