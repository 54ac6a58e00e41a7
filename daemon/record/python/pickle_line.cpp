#include "daemon/record/python/pickle_line.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/text/text_cursor.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::record::python {
namespace {

constexpr std::string_view kEscapes = "\\'\"abfnrtv";
constexpr std::string_view kMeanings = "\\'\"\a\b\f\n\r\t\v";

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<char32_t> take_number(text::TextCursor& cursor, std::size_t digits, int base) {
  const std::string_view text = cursor.take(digits);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.size() != digits || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::size_t octal_digits(const text::TextCursor& cursor) {
  std::size_t count = 0;
  while (count < 3 && cursor.peek(count) >= '0' && cursor.peek(count) <= '7') ++count;
  return count;
}

// Reads what follows a backslash. An escape that Python does not know stays as it is.
bool unescape(text::TextCursor& cursor, std::string& out) {
  if (const std::size_t octal = octal_digits(cursor); octal > 0) {
    out += static_cast<char>(*take_number(cursor, octal, 8) & 0xff);
    return true;
  }
  if (cursor.at_end()) return false;
  const char letter = cursor.take(1).front();
  if (letter == 'x') {
    const std::optional<char32_t> byte = take_number(cursor, 2, 16);
    if (byte) out += static_cast<char>(*byte);
    return byte.has_value();
  }
  const std::size_t known = kEscapes.find(letter);
  if (known == kEscapes.npos) {
    out.append(1, '\\').append(1, letter);
  } else {
    out += kMeanings[known];
  }
  return true;
}

void append_utf8(std::string& out, char32_t value) {
  text::for_each_byte(value, [&out](char c) { out += c; });
}

// Reads what follows a backslash: u with 4 and U with 8 digits. Anything else stays as it is.
bool unescape_raw(text::TextCursor& cursor, std::string& out) {
  if (cursor.at_end()) {
    out += '\\';
    return true;
  }
  const char letter = cursor.take(1).front();
  if (letter != 'u' && letter != 'U') {
    out += '\\';
    append_utf8(out, static_cast<unsigned char>(letter));
    return true;
  }
  const std::optional<char32_t> value = take_number(cursor, letter == 'u' ? 4 : 8, 16);
  if (!value || *value > 0x10ffff) return false;
  append_utf8(out, *value);
  return true;
}

}  // namespace

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), text::is_digit);
}

std::optional<std::int64_t> parse_decimal(std::string_view text) { return parse<std::int64_t>(text); }

std::optional<std::uint64_t> parse_unsigned(std::string_view text) { return parse<std::uint64_t>(text); }

std::optional<double> parse_real(std::string_view text) { return parse<double>(text); }

std::optional<std::string_view> read_quoted(std::string_view line, std::string& unescaped) {
  if (line.size() < 2 || line.front() != line.back() || (line.front() != '\'' && line.front() != '"')) {
    return std::nullopt;
  }
  line = line.substr(1, line.size() - 2);
  if (line.find('\\') == line.npos) return line;
  const std::size_t begin = unescaped.size();
  text::TextCursor cursor(line);
  while (!cursor.at_end()) {
    unescaped.append(cursor.take_until('\\'));
    if (cursor.eat('\\') && !unescape(cursor, unescaped)) return std::nullopt;
  }
  return std::string_view(unescaped).substr(begin);
}

std::optional<std::string_view> read_raw_unicode(std::string_view line, std::string& unescaped) {
  const auto is_plain = [](char c) { return c != '\\' && static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(line.begin(), line.end(), is_plain)) return line;
  const std::size_t begin = unescaped.size();
  text::TextCursor cursor(line);
  while (!cursor.at_end()) {
    const char c = cursor.take(1).front();
    if (c != '\\') {
      append_utf8(unescaped, static_cast<unsigned char>(c));
    } else if (!unescape_raw(cursor, unescaped)) {
      return std::nullopt;
    }
  }
  return std::string_view(unescaped).substr(begin);
}

}  // namespace logsniffd::record::python
