// Finds where UTF-8 is well-formed (RFC 3629, section 4), and where a text may be cut without splitting a character.
#pragma once

#include <cstddef>
#include <string_view>

namespace logsniffd {

// Returns the length of the well-formed sequence that `text` starts with, 1 to 4; 0 if there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// Returns the largest size <= `limit` at which `text` can be cut between characters.
[[nodiscard]] std::size_t utf8_cut(std::string_view text, std::size_t limit);

}  // namespace logsniffd
