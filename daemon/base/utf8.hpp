// Where UTF-8 is well-formed (RFC 3629, section 4), and where a text may be cut without tearing a character.
#pragma once

#include <cstddef>
#include <string_view>

namespace logsniffd {

// The length of the well-formed sequence that `text` starts with, 1 to 4; 0 where there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// The largest size <= `limit` at which `text` can be cut before or after a character.
[[nodiscard]] std::size_t utf8_cut(std::string_view text, std::size_t limit);

}  // namespace logsniffd
