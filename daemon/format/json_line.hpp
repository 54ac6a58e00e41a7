// A record as one JSON object (docs/configuration.md, FORMAT). Absent values are left out, and bytes that are not UTF-8
// become U+FFFD. A message with such bytes is also present as `message_base64`, exactly as it was sent; field values
// with such bytes are also in `fields_base64`, under their names.
#pragma once

#include <string>
#include <string_view>

#include "daemon/format/marker.hpp"
#include "daemon/format/time_format.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::format {

// A sender's message that begins like a marker (marker.hpp) has its first character escaped as in text, and is also
// present as `message_base64`. The daemon's own messages do begin like a marker, and have neither src nor dst. A field
// name that occurs more than once gets an array of its values, so that none is lost; in `fields_base64` that array has
// null for each value that is UTF-8.
void append_json(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time,
                 std::string& out);

}  // namespace logsniffd::format
