// A record as one JSON object (docs/configuration.md, FORMAT): absent values are left out, and bytes that are no UTF-8
// become U+FFFD. A message with such bytes is there once more as `message_base64`, exactly as it was sent, and values
// of fields with such bytes are in `fields_base64`, under their names.
#pragma once

#include <string>
#include <string_view>

#include "daemon/record/log_record.hpp"
#include "daemon/sink/marker.hpp"
#include "daemon/sink/time_format.hpp"

namespace logsniffd::sink {

// A message that begins like a marker (marker.hpp) is there with its first character escaped as in text, and as
// `message_base64`; the daemon's own does begin so, and has neither src nor dst. A field name that occurs more than
// once has an array of its values, so that none is lost; in `fields_base64` that array has null in place of each value
// that is UTF-8.
void append_json(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time,
                 std::string& out);

}  // namespace logsniffd::sink
