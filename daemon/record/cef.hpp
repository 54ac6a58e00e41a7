// ArcSight's Common Event Format (Implementing ArcSight CEF, revisions 16 to 25):
//
//   CEF:0|vendor|product|version|signature|name|severity|key=value key=value ...
//
// The header becomes the fields cef.vendor, cef.product, cef.version, cef.signature, cef.name, cef.severity, in this
// order and empty where the device left them empty; the extension's keys are fields as they are sent (src, cs1Label).
//
//   - In the header, \| and \\ are unescaped; in values \=, \\, \n and \r. Before anything else a backslash is itself
//     (devices send Windows paths as they are).
//   - A value goes on to the last word that is a key and its "=", so it may hold spaces; those around it at its end are
//     separators. An "=" behind what can be no key (a URL's query, base64) belongs to the value though it is not
//     escaped. Keys: letters, digits and "_.-[]", at most kMaxEventKey.
//   - Where there is no extension, devices leave its pipe away too: the header is whole if a severity ends the text.
//
// Pure. Linear in the text; allocates only in `fields` and `unescaped`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"
#include "daemon/record/security_event.hpp"

namespace logsniffd::record {

// `text` is the message, and stays it. Appends to `fields`, up to kMaxFields in all, and sets record.severity where
// there is none yet (a PRI is the sender's own word for it). What cannot be read behind a whole header ends the fields.
// REQUIRED: nothing that is still used points into `unescaped`: it is cleared, and backs values from then on. Names and
// other values point into the text, or are literals.
[[nodiscard]] EventFields read_cef(std::string_view text, LogRecord& record, std::vector<Field>& fields,
                                   std::string& unescaped);

}  // namespace logsniffd::record
