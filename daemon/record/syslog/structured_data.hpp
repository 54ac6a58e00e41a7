// The structured data of RFC 5424 (section 6.3): [SD-ID NAME="VALUE" ...]... becomes fields named "SD-ID.NAME".
//
// An element without parameters becomes a field named "SD-ID" with an empty value, because its presence says something.
//
// BOUNDS    at most kMaxFields fields; SD-ID and NAME of at most kMaxSdName characters (the RFC says 32).
// FAILURE   an element that is malformed, or whose fields find no room, stays in the text with everything after it.
// LIFETIME  names and values point into the text, or into `unescaped` if they had to be put together.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/record/log_record.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {

inline constexpr std::size_t kMaxSdName = 64;

// Steps over the elements at the front of `cursor`, or over "-" (none). Returns how many of `fields`, from the first
// on, are good; the rest belong to an element that stayed in the text. fields.size() is above kMaxFields exactly if one
// found no room.
[[nodiscard]] std::size_t read_structured_data(text::TextCursor& cursor, std::vector<Field>& fields,
                                               std::string& unescaped);

}  // namespace logsniffd::record::syslog
