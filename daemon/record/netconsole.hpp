// Reads what the Linux kernel's netconsole sends (framing/netconsole_header.hpp has the extended format), one message:
// its fragments are put together already (framing/netconsole_order.hpp).
//
// Extended: level is the severity and the facility (the kernel's own is kern), the text is the message, and fields are,
// in this order:
//   - seq, the sender's sequence, and usec, the microseconds since its boot (it knows no other time: sent is absent);
//   - flag, where it is not "-": "c" for a line that came in fragments or may be one, "+" for a fragment alone;
//   - release, the sender's kernel, and the header's other keys as they are (caller, ncfrag, missing_before);
//   - the lines behind the text that begin with a blank: SUBSYSTEM and DEVICE, then what the sender's administrator
//     added (cpu, taskname, release and userdata).
// The kernel writes bytes that are not printable as \xff, and the backslash too, so these are put right in the text and
// in SUBSYSTEM and DEVICE; netconsole's own lines have no escapes.
//
// A piece of an incomplete message (ncfrag in its header) has all of its bytes as the message, as they came: where its
// lines begin is not known. So it is where fields found no room, a line is no field, or the end of the last one was
// cut.
//
// Basic: text with "<N>" in front (severity and facility), "[   12.345678] " (usec), "[    T1] " (caller), or some of
// these; what follows is the message.
//
// Pure. Linear in the text; allocates only in `fields` and `unescaped`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/netconsole_header.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// Extended; the basic format proves nothing. Most text costs a look at its first word.
[[nodiscard]] inline bool looks_like_netconsole(Bytes frame) {
  return framing::may_be_netconsole(frame) && framing::read_netconsole_header(as_text(frame));
}

// False, and `record` is left as it was, where the text is in neither format. Otherwise severity, facility, message and
// fields are set, and the rest of what decoding can find is reset. REQUIRED: nothing that is still used points into
// `unescaped`.
[[nodiscard]] bool read_netconsole(std::string_view text, LogRecord& record, std::vector<Field>& fields,
                                   std::string& unescaped);

}  // namespace logsniffd::record
