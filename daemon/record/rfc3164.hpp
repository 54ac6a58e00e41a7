// The old syslog header behind <PRI> (RFC 3164, section 4.1): [time] [host] [tag[pid]:] message, each part there or
// not, and what devices and relays write in its place (header_shape.hpp).
//
// What decides, where the RFC leaves it to chance:
//   - "TIME HOST TAG: " and "TIME TAG: " are taken as they are, unless the first word opens messages ("last message
//     repeated 2 times") or a mnemonic follows, which a device writes;
//   - else a shape of header_shape.hpp, if one fits;
//   - else a host is looked for behind a time only, and only a word that can be one (header_word.hpp) and is not the
//     last; then a tag;
//   - all else is the message. Nothing is dropped but separators, sequence numbers, and a severity that PRI has said.
//   - "[ID 123456 auth.info] " at the front of the message is Solaris's message identifier.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// Fills in sent, host, app, pid, msgid, message and fields of `record`, whose other members are set. REQUIRED: `fields`
// is empty; it backs the record's.
void read_rfc3164(std::string_view text, LogRecord& record, std::vector<Field>& fields);

}  // namespace logsniffd::record
