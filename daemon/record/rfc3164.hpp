// The old syslog header behind <PRI> (RFC 3164, section 4.1): [time] [host] [tag[pid]:] message, each part there or
// not.
//
// What decides, where the RFC leaves it to chance (and as rsyslog and journald decide):
//   - a host is looked for behind a time only; it is the next word, unless that reads as a tag, holds what no host name
//   holds, or is
//     the last word;
//   - a tag is at most kMaxTag characters and ends with "[pid]:", ": " or "[digits] "; it holds a letter, and nothing
//   that makes it
//     look like JSON, key=value, a URL or CEF;
//   - all else is the message. Nothing is dropped but the separators.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

inline constexpr std::size_t kMaxTag = 48;

// Fills in sent, host, app, pid, msgid and message of `record`, whose other members are set.
void read_rfc3164(std::string_view text, LogRecord& record);

}  // namespace logsniffd::record
