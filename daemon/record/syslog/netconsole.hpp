// Reads one message of the Linux kernel's netconsole (framing/netconsole_header.hpp has the extended format). Its
// fragments are already put together (framing/netconsole_order.hpp).
//
// Extended: level is the severity and the facility (the kernel's own is kern), the text is the message, and these are
// the fields, in this order:
//   - seq, the sender's sequence, and usec, the microseconds since its boot (it knows no other time: sent is absent);
//   - flag, if it is not "-": "c" for a line that came in fragments or may be one, "+" for a fragment alone;
//   - release, the sender's kernel, and the other keys of the header as they are (caller, ncfrag, missing_before);
//   - the lines after the text that begin with a blank: SUBSYSTEM and DEVICE, then what the sender's administrator
//     added (cpu, taskname, release and userdata).
// The kernel writes bytes that are not printable, and the backslash, as \xff. They are unescaped in the text and in
// SUBSYSTEM and DEVICE; netconsole's own lines have no escapes.
//
// A piece of an incomplete message (ncfrag in its header) keeps all of its bytes as the message, as they came: where
// its lines begin is not known. The same holds if fields found no room, a line is not a field, or the end of the last
// one was cut.
//
// Basic: text after "<N>" (severity and facility), "[   12.345678] " (usec) and "[    T1] " (caller), of which one of
// the first two is required. What follows them is the message.
//
// Pure. Linear in the text; allocates only in `fields` and `unescaped`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/netconsole_header.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::record::syslog {

// Recognizes the extended format; the basic one proves nothing. Most text costs a look at its first word.
[[nodiscard]] inline bool looks_like_netconsole(Bytes frame) {
  return framing::may_be_netconsole(frame) && framing::read_netconsole_header(as_text(frame));
}

// Returns false, and leaves `record` as it was, if the text is in neither format. Otherwise sets severity, facility,
// message and fields, and resets the rest of what decoding can find. REQUIRED: nothing that is still used points
// into `unescaped`.
[[nodiscard]] bool read_netconsole(std::string_view text, LogRecord& record, std::vector<Field>& fields,
                                   std::string& unescaped);

}  // namespace logsniffd::record::syslog
