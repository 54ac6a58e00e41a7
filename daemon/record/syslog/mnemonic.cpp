#include "daemon/record/syslog/mnemonic.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr std::size_t kMaxMnemonic = 128;

constexpr bool is_name_char(char c) { return text::is_letter(c) || text::is_digit(c) || c == '_' || c == '-'; }
constexpr bool is_module_char(char c) {
  return text::is_letter(c) || text::is_digit(c) || c == '_' || c == '-' || c == '.';
}

template <bool (*IsIn)(char)>
std::string_view take_name(text::TextCursor& cursor) {
  std::size_t length = 0;
  while (length < kMaxMnemonic && IsIn(cursor.peek(length))) ++length;
  return cursor.take(length);
}

bool read_severity_digit(text::TextCursor& cursor) {
  return cursor.peek() >= '0' && cursor.peek() <= '7' && !cursor.take(1).empty();
}

}  // namespace

std::optional<Mnemonic> read_mnemonic(text::TextCursor& cursor) {
  if (!cursor.eat('%') && !cursor.eat('#')) return std::nullopt;
  const std::string_view whole = take_name<is_name_char>(cursor);
  const bool spaced = cursor.eat(' ');
  if (cursor.eat(':')) {
    cursor.eat(' ');
  } else if (!spaced) {
    return std::nullopt;
  }
  const std::size_t facility_end = whole.find('-');
  if (facility_end == 0 || facility_end == whole.npos) return std::nullopt;
  for (std::size_t at = facility_end; at + 3 < whole.size(); ++at) {
    if (whole[at] == '-' && whole[at + 1] >= '0' && whole[at + 1] <= '7' && whole[at + 2] == '-') {
      return Mnemonic{whole.substr(0, facility_end), whole};
    }
  }
  return std::nullopt;
}

std::optional<Mnemonic> read_module_mnemonic(text::TextCursor& cursor) {
  if (!cursor.eat("%%") || cursor.take_digits(2).size() != 2) return std::nullopt;
  const std::string_view text = cursor.rest();
  const std::string_view module = take_name<is_module_char>(cursor);
  if (module.empty() || !cursor.eat('/') || !read_severity_digit(cursor) || !cursor.eat('/')) return std::nullopt;
  if (take_name<is_module_char>(cursor).empty()) return std::nullopt;
  const std::string_view whole = text.substr(0, text.size() - cursor.rest().size());
  if (cursor.eat('(') && (cursor.take(1).empty() || !cursor.eat(')'))) return std::nullopt;
  if (cursor.eat('[') && (cursor.take_digits(10).empty() || !cursor.eat(']'))) return std::nullopt;
  if (!cursor.eat(':') && !cursor.eat(';')) return std::nullopt;
  cursor.eat(' ');
  return Mnemonic{module, whole};
}

}  // namespace logsniffd::record::syslog
