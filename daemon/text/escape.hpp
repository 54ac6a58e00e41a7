// The reversible escapes of text, templates and syslog (docs/configuration.md, FORMAT).
#pragma once

#include <string>
#include <string_view>

namespace logsniffd::text {

// Appends `text`. Control characters (C0, DEL, C1), bytes that are not UTF-8, and backslashes are escaped as \n \r \t
// \xHH \\.
void append_escaped(std::string_view text, std::string& out);

// Appends \xHH, for any byte.
void append_hex(char c, std::string& out);

}  // namespace logsniffd::text
