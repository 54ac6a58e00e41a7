// The strings of JSON: where they end, and what their escapes stand for.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace logsniffd::record::json {

// The place of the first quote or backslash from `at` on; text.size() or more if there is none. It checks eight bytes
// at a time, because all names of all objects pass through it.
[[nodiscard]] inline std::size_t find_quote_or_escape(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kTops = kOnes << 7;
  // The top bit of each byte that is 0.
  const auto zeros = [](std::uint64_t eight) { return ~(((eight & ~kTops) + ~kTops) | eight) & kTops; };
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof(eight));
    const std::uint64_t found = zeros(eight ^ kOnes * '"') | zeros(eight ^ kOnes * '\\');
    if (found == 0) continue;
    const int bits = std::endian::native == std::endian::little ? std::countr_zero(found) : std::countl_zero(found);
    return at + static_cast<std::size_t>(bits) / 8;
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\') ++at;
  return at;
}

// Checks that every backslash begins an escape (RFC 8259, 7).
[[nodiscard]] bool has_sound_escapes(std::string_view string);

// Writes `string`, given without its quotes, to `out` with its escapes resolved, and returns what it wrote, which is
// never longer than the string. Bytes that are not UTF-8 stay as they are. Nothing if an escape is not sound or a
// surrogate stands alone. REQUIRED: room for all of the string.
[[nodiscard]] std::optional<std::string_view> unescape(std::string_view string, char* out);

// "[104, 105]" is written to `out` as "hi". Nothing if `array` is empty, or is not an array of numbers from 0 to 255.
// REQUIRED: room for half the array.
[[nodiscard]] std::optional<std::string_view> read_byte_array(std::string_view array, char* out);

}  // namespace logsniffd::record::json
