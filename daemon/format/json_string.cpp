#include "daemon/format/json_string.hpp"

#include <bit>
#include <boost/endian/conversion.hpp>
#include <cstdint>

#include "daemon/base/bytes.hpp"

namespace logsniffd::format {
namespace {

constexpr std::size_t kEight = sizeof(std::uint64_t);

bool must_be_escaped(char c) { return static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\'; }

// Sets the high bit of the first byte that must be escaped, counted from the least significant one, and perhaps
// of bytes after it.
std::uint64_t to_be_escaped(std::uint64_t eight) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kHigh = 0x8080'8080'8080'8080;
  const std::uint64_t quotes = eight ^ kOnes * '"';
  const std::uint64_t backslashes = eight ^ kOnes * '\\';
  const std::uint64_t below = (eight - kOnes * ' ') & ~eight;
  return (below | ((quotes - kOnes) & ~quotes) | ((backslashes - kOnes) & ~backslashes)) & kHigh;
}

// The length of the part of `text` before its first byte that must be escaped.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + kEight <= text.size(); at += kEight) {
    const std::uint64_t eight = boost::endian::load_little_u64(as_bytes(text).data() + at);
    if (const std::uint64_t found = to_be_escaped(eight); found != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
  }
  while (at < text.size() && !must_be_escaped(text[at])) ++at;
  return at;
}

// REQUIRED: must_be_escaped(c).
void append_escape(char c, std::string& out) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out.push_back('\\');
  if (const std::size_t known = kShort.find(c); known != kShort.npos) return out.push_back(kLetters[known]);
  const auto value = static_cast<unsigned char>(c);
  out.append("u00").push_back(kHexDigits[value >> 4]);
  out.push_back(kHexDigits[value & 15]);
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out.push_back('"');
  for (;;) {
    const std::size_t plain = plain_length(text);
    out.append(text.substr(0, plain));
    if (plain == text.size()) break;
    append_escape(text[plain], out);
    text.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

}  // namespace logsniffd::format
