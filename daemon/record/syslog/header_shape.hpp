// The headers that devices and relays write where RFC 3164 has "TIME HOST TAG: ", recognized by a table of shapes.
//
// A shape is a row of steps (header_step.hpp), each required or optional. The first shape whose required steps all
// occur, in their order, is the message's. The text after it is the message.
//
// BOUNDS  a step looks at a bounded piece of the text, and a shape is tried at two places at most: at the front, and
//         after the time and host of a relay.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {

// `behind_time` is where the time at the front of `text` ends, and absent if there is none. `sent` is that time.
//
// All or nothing: false leaves `record` as it was. What the header says besides host, application, process and message
// identifier becomes a field: "node" (a node of a chassis), "device" (a device that is identified, but not by a host
// name). REQUIRED: `fields` is empty. The names in it are literals; the values point into the text.
[[nodiscard]] bool read_header_shape(std::string_view text, const std::optional<text::TextCursor>& behind_time,
                                     std::optional<PacketTime> sent, LogRecord& record, std::vector<Field>& fields);

}  // namespace logsniffd::record::syslog
