#include <algorithm>

#include "daemon/filter/filter_table.hpp"

namespace logsniffd::filter {
namespace {

constexpr std::size_t kLookedAt = 512;
constexpr std::size_t kTextForOneControl = 20;  // below 5 %

constexpr std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }

// Accepts nearly everything that is logged: one branchless pass, which the compiler vectorizes.
bool is_printable_ascii(std::string_view bytes) {
  bool other = false;
  for (const char c : bytes) other |= static_cast<std::uint8_t>(octet(c) - 0x20) > 0x7e - 0x20;
  return !other;
}

constexpr bool is_control(std::uint8_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\x1b') || c == 0x7f;
}

struct LeadByte {
  std::size_t length;  // of the sequence; 0: not a lead byte
  std::uint8_t
      second_first;  // the bounds of the second byte refuse overlong forms, surrogates and anything above U+10FFFF
  std::uint8_t second_last;
};

// RFC 3629, 4.
constexpr LeadByte lead_byte(std::uint8_t c) {
  if (c >= 0xc2 && c <= 0xdf) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (c >= 0xe1 && c <= 0xef) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (c >= 0xf1 && c <= 0xf3) return {4, 0x80, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// The length of the character that starts at `text` (REQUIRED: not ASCII); 0: none does. A character that the end cuts
// short counts with the bytes that are present.
std::size_t character_length(std::string_view text) {
  const LeadByte lead = lead_byte(octet(text.front()));
  const std::size_t length = std::min(lead.length, text.size());
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t first = i == 1 ? lead.second_first : 0x80;
    const std::uint8_t last = i == 1 ? lead.second_last : 0xbf;
    if (octet(text[i]) < first || octet(text[i]) > last) return 0;
  }
  return length;
}

}  // namespace

bool looks_like_text(std::string_view bytes) {
  // A C string that is sent with its NUL, as by Python's SysLogHandler.
  if (bytes.size() > 1 && bytes.back() == '\0') bytes.remove_suffix(1);
  const bool cut = bytes.size() > kLookedAt;
  const std::string_view text = bytes.substr(0, kLookedAt);
  if (is_printable_ascii(text)) return true;

  std::size_t controls = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t c = octet(text[i]);
    if (c < 0x80) {
      controls += is_control(c);
      ++i;
      continue;
    }
    const std::size_t length = character_length(text.substr(i));
    if (length == 0) return false;
    if (!cut && length < lead_byte(c).length) return false;
    controls += c == 0xc2 && length == 2 && octet(text[i + 1]) < 0xa0;  // C1: U+0080 to U+009F
    i += length;
  }
  return controls * kTextForOneControl < text.size();
}

}  // namespace logsniffd::filter
