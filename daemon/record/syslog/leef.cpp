#include "daemon/record/syslog/leef.hpp"

#include <array>
#include <optional>

#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr std::array<std::string_view, 4> kLeefHeaderNames{"leef.vendor", "leef.product", "leef.version", "leef.event"};

// One character in UTF-8, and its size in bytes.
class Delimiter {
 public:
  explicit Delimiter(char c) : bytes_{c} {}
  explicit Delimiter(std::string_view character) : size_(character.size()) {
    for (std::size_t i = 0; i < size_; ++i) bytes_[i] = character[i];
  }
  static Delimiter of_code(unsigned code) {
    if (code < 0x80) return Delimiter(static_cast<char>(code));
    const char last = static_cast<char>(0x80 | (code & 0x3f));
    if (code < 0x800)
      return Delimiter(std::string_view(std::array{static_cast<char>(0xc0 | code >> 6), last}.data(), 2));
    const char middle = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    return Delimiter(std::string_view(std::array{static_cast<char>(0xe0 | code >> 12), middle, last}.data(), 3));
  }

  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 4> bytes_{};
  std::size_t size_ = 1;
};

std::optional<unsigned> hex_digit(char c) {
  if (text::is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

// "x5E", "0x5E"
std::optional<unsigned> read_code(std::string_view text) {
  text::TextCursor cursor(text);
  if (!cursor.eat("0x") && !cursor.eat('x')) return std::nullopt;
  const std::string_view digits = cursor.rest();
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  unsigned code = 0;
  for (const char c : digits) {
    const std::optional<unsigned> digit = hex_digit(c);
    if (!digit) return std::nullopt;
    code = code * 16 + *digit;
  }
  return code;
}

bool is_one_character(std::string_view text) {
  if (text.size() <= 1) return text.size() == 1;
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (text.size() != size) return false;
  for (const char c : text.substr(1)) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) return false;
  }
  return true;
}

// Version 2.0: steps over the delimiter's part of the header, if there is one.
Delimiter take_delimiter(text::TextCursor& cursor) {
  text::TextCursor at = cursor;
  const std::string_view part = at.take_until('|');
  if (at.eat('|')) {
    const text::TextCursor before = cursor;
    cursor = at;
    if (part.empty()) return Delimiter('\t');
    if (is_one_character(part)) return Delimiter(part);
    if (const std::optional<unsigned> code = read_code(part)) return Delimiter::of_code(*code);
    cursor = before;
  }
  return Delimiter('\t');
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

EventFields read_attributes(std::string_view text, std::string_view delimiter, LogRecord& record,
                            std::vector<Field>& fields) {
  bool more = true;
  while (more) {
    const std::size_t end = text.find(delimiter);
    more = end != text.npos;
    const std::string_view attribute = text.substr(0, end);
    if (more) text.remove_prefix(end + delimiter.size());
    if (trim(attribute).empty()) continue;
    const std::size_t equals = attribute.find('=');
    if (equals == attribute.npos) return EventFields::some;
    const std::string_view key = trim(attribute.substr(0, equals));
    const std::string_view value = attribute.substr(equals + 1);
    if (key.empty() || key.size() > kMaxEventKey || !add_field(fields, key, value)) return EventFields::some;
    if (key == "sev" && !record.severity) record.severity = event_severity(value);
  }
  return EventFields::all;
}

}  // namespace

EventFields read_leef(std::string_view text, LogRecord& record, std::vector<Field>& fields) {
  text::TextCursor cursor(text);
  const bool version_2 = cursor.eat("LEEF:2.0|");
  if (!version_2 && !cursor.eat("LEEF:1.0|")) return EventFields::none;
  std::array<std::string_view, kLeefHeaderNames.size()> header;
  for (std::string_view& part : header) {
    part = cursor.take_until('|');
    if (!cursor.eat('|')) return EventFields::none;
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!add_field(fields, kLeefHeaderNames[i], header[i])) return EventFields::some;
  }
  const Delimiter delimiter = version_2 ? take_delimiter(cursor) : Delimiter('\t');
  return read_attributes(cursor.rest(), delimiter.text(), record, fields);
}

}  // namespace logsniffd::record::syslog
