#include "daemon/text/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace logsniffd::text {
namespace {

constexpr std::size_t kEight = sizeof(std::uint64_t);

// The number of ASCII characters that `text` begins with.
std::size_t ascii_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + kEight <= text.size(); at += kEight) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, kEight);
    if ((eight & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const CodePoint first = first_code_point(text);
  const bool surrogate = first.value >= 0xd800 && first.value <= 0xdfff;
  return first.valid && !surrogate ? first.length : 0;
}

bool is_utf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(ascii_length(text));
    if (text.empty()) return true;
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

std::size_t utf8_cut(std::string_view text, std::size_t limit) {
  if (limit >= text.size()) return text.size();
  // A character has at most three continuation bytes; text with more is not UTF-8 and may be cut anywhere.
  for (std::size_t back = 0; back <= 3 && back <= limit; ++back) {
    if (!is_continuation(text[limit - back])) return limit - back;
  }
  return limit;
}

}  // namespace logsniffd::text
