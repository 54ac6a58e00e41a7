#include "daemon/text/escape.hpp"

#include <cstdint>
#include <cstring>

#include "daemon/text/utf8.hpp"

namespace logsniffd::text {
namespace {

constexpr std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }
constexpr bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '\\'; }

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;
constexpr std::uint64_t has_zero(std::uint64_t word) { return (word - kOnes) & ~word & kHighs; }

// Checks eight characters at a time: true if each is printable ASCII and not a backslash. It may return false for such
// characters, but never true for others.
bool all_plain(const char* eight) {
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  const std::uint64_t below_space = (word - kOnes * ' ') & ~word;
  return ((word | below_space) & kHighs) == 0 && has_zero(word ^ kOnes * 0x7f) == 0 &&
         has_zero(word ^ kOnes * '\\') == 0;
}

std::size_t plain_prefix(std::string_view text) {
  std::size_t size = 0;
  while (size + 8 <= text.size() && all_plain(text.data() + size)) size += 8;
  while (size < text.size() && is_plain(text[size])) ++size;
  return size;
}

void append_ascii(char c, std::string& out) {
  switch (c) {
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\\':
      out.append("\\\\");
      return;
    default:
      append_hex(c, out);
  }
}

// U+0080..U+009F are control characters too; a terminal may take U+009B for ESC [.
bool is_c1_control(std::string_view sequence) {
  return sequence.size() == 2 && octet(sequence[0]) == 0xc2 && octet(sequence[1]) < 0xa0;
}

}  // namespace

void append_hex(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append("\\x").append(1, kDigits[octet(c) >> 4]).append(1, kDigits[octet(c) & 0xf]);
}

void append_escaped(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    const std::size_t length = utf8_length(text);
    if (length > 1 && !is_c1_control(text.substr(0, length))) {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    if (length == 1) {
      append_ascii(text[0], out);
    } else {
      append_hex(text[0], out);  // the rest of a C1 control is not UTF-8 by itself, and is escaped next
    }
    text.remove_prefix(1);
  }
}

}  // namespace logsniffd::text
