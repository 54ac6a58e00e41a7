// UTF-8: where it is well-formed (RFC 3629, section 4), where a text may be cut, and its characters.
//
// utf8_length(), is_utf8() and utf8_cut() are strict. The functions of code points take what Python keeps in its texts:
// UTF-8 plus the lone surrogates that the RFC forbids (Python's "surrogatepass").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace logsniffd::text {

// Returns the length of the well-formed sequence that `text` starts with, 1 to 4; 0 if there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// Returns the largest size <= `limit` at which `text` can be cut between characters.
[[nodiscard]] std::size_t utf8_cut(std::string_view text, std::size_t limit);

inline constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// One code point, or one byte that is not part of one.
struct CodePoint {
  char32_t value = 0;      // the byte, if it is not valid
  std::size_t length = 1;  // bytes
  bool valid = false;
};

// REQUIRED: `text` is not empty.
inline CodePoint first_code_point(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const CodePoint broken{lead, 1, false};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return broken;
  char32_t value = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return broken;
    value = value << 6 | (byte(i) & 0x3f);
  }
  const bool too_long = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (too_long || value > 0x10ffff) return broken;
  return {value, length, true};
}

// Passes each byte of the code point to `append(char)`. REQUIRED: value <= 0x10ffff.
template <class Append>
void for_each_byte(char32_t value, Append append) {
  const auto put = [&append](char32_t byte) { append(static_cast<char>(static_cast<unsigned char>(byte))); };
  const auto more = [&put, value](unsigned shift) { put(0x80 | (value >> shift & 0x3f)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xc0 | value >> 6);
    return more(0);
  }
  if (value < 0x10000) {
    put(0xe0 | value >> 12);
    more(6);
    return more(0);
  }
  put(0xf0 | value >> 18);
  more(12);
  more(6);
  more(0);
}

// How many characters Python would count; approximate if the text is not UTF-8.
inline std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0U : 1U;
  return count;
}

// The first `count` characters, or all of them.
inline std::string_view first_code_points(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (count == 0) break;
    --count;
  }
  return text.substr(0, at);
}

}  // namespace logsniffd::text
