// The structured data of a syslog message that is sent on (RFC 5424, 6.3): no two elements of one SD-ID, and one
// SD-ID that is the daemon's alone.
//
// kOwnElement says what the daemon itself knows of the record (syslog_message.hpp). A sender's element whose name is
// "logsniffd", whatever stands behind the '@', is renamed to "sender.logsniffd...". Elements of one name become one.
// Fields that came without an SD-ID are parameters of kFieldsElement. docs/decisions/0013-trust-and-markers.md says why
// the number is 0.
//
// The values are escaped as in text, so that their bytes can be had back; a backslash is doubled only where one could
// be taken for the beginning of an escape (in front of n, r, t, x, another backslash, or what is escaped itself). Then
// all is quoted as RFC 5424, 6.3.3, has it. Names have '_' for a character that the RFC does not allow.
//
// THREAD  any; each keeps its own scratch memory.
// BOUNDS  the product of the number of fields and of the number of elements, as record::kMaxFields bounds both.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/record/log_record.hpp"

namespace logsniffd::sink {

inline constexpr std::string_view kOwnElement = "logsniffd@0";
inline constexpr std::string_view kFieldsElement = "fields@0";

// Appends the elements of a sender's fields; never one named kOwnElement.
void append_elements(std::span<const record::Field> fields, std::string& out);

}  // namespace logsniffd::sink
