// One field of journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): NAME=value LF; if the value contains a
// LF: NAME LF, its length as 64 bits little-endian, the value, LF. So no value can create a field.
#pragma once

#include <string>
#include <string_view>

namespace logsniffd::format {

void append_journal_field(std::string_view name, std::string_view value, std::string& out);

}  // namespace logsniffd::format
