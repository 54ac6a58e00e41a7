// The strings of JSON: what their escapes stand for.
#pragma once

#include <optional>
#include <string_view>

namespace logsniffd::record {

// RFC 8259, 7: every backslash begins an escape.
[[nodiscard]] bool has_sound_escapes(std::string_view string);

// Writes `string`, which stands without its quotes, to `out` without its escapes, and returns what it wrote: never more
// than the string has. Bytes that are not UTF-8 stay as they are. Nothing where an escape is not sound, or a surrogate
// stands alone. REQUIRED: room for all of the string.
[[nodiscard]] std::optional<std::string_view> unescape(std::string_view string, char* out);

// "[104, 105]" is written to `out` as "hi". Nothing where `array` is empty, or is not one of numbers from 0 to 255.
// REQUIRED: room for half the array.
[[nodiscard]] std::optional<std::string_view> read_byte_array(std::string_view array, char* out);

}  // namespace logsniffd::record
