// Text as a JSON string (RFC 8259, 7).
#pragma once

#include <string>
#include <string_view>

namespace logsniffd::format {

// Appends `text` in quotes, with the escapes that JSON requires and no others. REQUIRED: `text` is UTF-8.
void append_json_string(std::string_view text, std::string& out);

}  // namespace logsniffd::format
