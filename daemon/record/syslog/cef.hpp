// ArcSight's Common Event Format (Implementing ArcSight CEF, revisions 16 to 25):
//
//   CEF:0|vendor|product|version|signature|name|severity|key=value key=value ...
//
// The header becomes the fields cef.vendor, cef.product, cef.version, cef.signature, cef.name, cef.severity, in this
// order, and empty where the device left them empty. The keys of the extension become fields under the names sent
// (src, cs1Label).
//
//   - In the header, \| and \\ are unescaped; in values \=, \\, \n and \r. Before any other character a backslash
//     stands for itself: devices send Windows paths unescaped.
//   - A value ends before the next word that is a key followed by "=", so it may contain spaces. Spaces at its end are
//     separators. An "=" after something that cannot be a key (a URL's query, base64) belongs to the value even if it
//     is not escaped. Keys are letters, digits and "_.-[]", at most kMaxEventKey.
//   - Without an extension, devices omit its pipe too: the header is whole if a severity ends the text.
//
// Pure. Linear in the text; allocates only in `fields` and `unescaped`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"
#include "daemon/record/syslog/security_event.hpp"

namespace logsniffd::record::syslog {

// `text` is the message and remains it. Appends to `fields`, up to kMaxFields in all, and sets record.severity if there
// is none yet (a PRI is the sender's own word for it). After a whole header, the first thing that cannot be read ends
// the fields.
// REQUIRED: nothing that is still used points into `unescaped`. It is cleared, and backs values from then on. Names and
// other values point into the text or are literals.
[[nodiscard]] EventFields read_cef(std::string_view text, LogRecord& record, std::vector<Field>& fields,
                                   std::string& unescaped);

}  // namespace logsniffd::record::syslog
