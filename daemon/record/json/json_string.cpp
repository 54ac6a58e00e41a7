#include "daemon/record/json/json_string.hpp"

#include <algorithm>

#include "daemon/text/text_cursor.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::record::json {
namespace {

constexpr std::size_t kHexDigits = 4;

std::optional<char32_t> take_hex(text::TextCursor& cursor) {
  const std::string_view digits = cursor.take(kHexDigits);
  if (digits.size() < kHexDigits) return std::nullopt;
  char32_t value = 0;
  for (const char c : digits) {
    const char lower = text::is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    if (!text::is_digit(c) && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value << 4 | static_cast<char32_t>(text::is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

// What follows "\u": one UTF-16 unit, or two that form a pair.
std::optional<char32_t> take_code_point(text::TextCursor& cursor) {
  const std::optional<char32_t> high = take_hex(cursor);
  if (!high || *high < 0xd800 || *high > 0xdfff) return high;
  if (*high > 0xdbff || !cursor.eat("\\u")) return std::nullopt;
  const std::optional<char32_t> low = take_hex(cursor);
  if (!low || *low < 0xdc00 || *low > 0xdfff) return std::nullopt;
  return 0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00);
}

inline void skip_space(text::TextCursor& cursor) {
  if (cursor.peek() > ' ') return;
  while (cursor.peek() == ' ' || cursor.peek() == '\t' || cursor.peek() == '\n' || cursor.peek() == '\r') {
    cursor.take(1);
  }
}

}  // namespace

bool has_sound_escapes(std::string_view string) {
  text::TextCursor cursor(string);
  while (!cursor.at_end()) {
    cursor.take_until('\\');
    if (!cursor.eat('\\')) return true;
    const char kind = cursor.peek();
    if (cursor.take(1).empty() || std::string_view("\"\\/bfnrtu").find(kind) == std::string_view::npos) return false;
    if (kind == 'u' && !take_hex(cursor)) return false;
  }
  return true;
}

std::optional<std::string_view> unescape(std::string_view string, char* out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char* const begin = out;
  text::TextCursor cursor(string);
  while (!cursor.at_end()) {
    const std::string_view plain = cursor.take_until('\\');
    out = std::copy(plain.begin(), plain.end(), out);
    if (!cursor.eat('\\')) break;
    if (cursor.eat('u')) {
      const std::optional<char32_t> code_point = take_code_point(cursor);
      if (!code_point) return std::nullopt;
      text::for_each_byte(*code_point, [&out](char byte) { *out++ = byte; });
      continue;
    }
    const std::size_t kind = kEscapes.find(cursor.peek());
    if (cursor.take(1).empty() || kind == std::string_view::npos) return std::nullopt;
    *out++ = kMeanings[kind];
  }
  return std::string_view(begin, static_cast<std::size_t>(out - begin));
}

std::optional<std::string_view> read_byte_array(std::string_view array, char* out) {
  constexpr std::size_t kDigits = 3;
  const char* const begin = out;
  text::TextCursor cursor(array);
  if (!cursor.eat('[')) return std::nullopt;
  do {
    skip_space(cursor);
    int value = 0;
    std::size_t digits = 0;
    for (; digits < kDigits && text::is_digit(cursor.peek(digits)); ++digits)
      value = value * 10 + (cursor.peek(digits) - '0');
    if (digits == 0 || value > 255) return std::nullopt;
    cursor.take(digits);
    *out++ = static_cast<char>(static_cast<unsigned char>(value));
    skip_space(cursor);
  } while (cursor.eat(','));
  if (!cursor.eat(']') || !cursor.at_end()) return std::nullopt;
  return std::string_view(begin, static_cast<std::size_t>(out - begin));
}

}  // namespace logsniffd::record::json
