// The structured data of a syslog message that is sent on (RFC 5424, 6.3): no two elements share an SD-ID, and one
// SD-ID belongs to the daemon alone.
//
// kOwnElement holds what the daemon itself knows of the record (syslog_message.hpp). A sender's element named
// "logsniffd", whatever follows the '@', is renamed to "sender.logsniffd...". Elements of the same name are merged.
// Fields that came without an SD-ID become parameters of kFieldsElement. docs/decisions/0013-trust-and-markers.md says
// why the number is 0.
//
// The values are escaped as in text, so that their bytes can be recovered. A backslash is doubled only if it could be
// taken for the beginning of an escape (before n, r, t, x, another backslash, or an escaped character). Then everything
// is quoted according to RFC 5424, 6.3.3. Names have '_' for a character that the RFC does not allow.
//
// THREAD  any; each keeps its own scratch memory.
// BOUNDS  the product of the number of fields and the number of elements; record::kMaxFields bounds both.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/record/log_record.hpp"

namespace logsniffd::sink::syslog {

inline constexpr std::string_view kOwnElement = "logsniffd@0";
inline constexpr std::string_view kFieldsElement = "fields@0";

// Appends the elements of a sender's fields; none is named kOwnElement.
void append_elements(std::span<const record::Field> fields, std::string& out);

}  // namespace logsniffd::sink::syslog
