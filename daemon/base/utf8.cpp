#include "daemon/base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace logsniffd {
namespace {

constexpr std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }
constexpr bool is_continuation(char c) { return (octet(c) & 0xc0) == 0x80; }

constexpr std::size_t kEight = sizeof(std::uint64_t);

bool starts_with_eight_ascii(std::string_view text) {
  if (text.size() < kEight) return false;
  std::uint64_t eight = 0;
  std::memcpy(&eight, text.data(), kEight);
  return (eight & 0x8080808080808080) == 0;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint8_t lead = octet(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;  // a continuation, an overlong form, or beyond U+10FFFF
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const std::uint8_t second = octet(text[1]);
  if (lead == 0xe0 && second < 0xa0) return 0;  // overlong
  if (lead == 0xed && second > 0x9f) return 0;  // a surrogate
  if (lead == 0xf0 && second < 0x90) return 0;  // overlong
  if (lead == 0xf4 && second > 0x8f) return 0;  // beyond U+10FFFF
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = starts_with_eight_ascii(text) ? kEight : utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t utf8_cut(std::string_view text, std::size_t limit) {
  if (limit >= text.size()) return text.size();
  // A character has at most three continuation bytes; text with more is not UTF-8 and may be cut anywhere.
  for (std::size_t back = 0; back <= 3 && back <= limit; ++back) {
    if (!is_continuation(text[limit - back])) return limit - back;
  }
  return limit;
}

}  // namespace logsniffd
