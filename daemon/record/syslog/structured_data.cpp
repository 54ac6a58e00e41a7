#include "daemon/record/syslog/structured_data.hpp"

namespace logsniffd::record::syslog {
namespace {

// The names: all that one message may put into `unescaped` in addition to the values, which only shrink.
constexpr std::size_t kNamesAtMost = (kMaxFields + 1) * (2 * kMaxSdName + 1);

// SD-NAME (RFC 5424, 6.3.2): printable US-ASCII except '=', SP, ']' and '"'.
constexpr bool is_sd_name_char(char c) { return c > ' ' && c <= '~' && c != '=' && c != ']' && c != '"'; }

std::string_view take_sd_name(text::TextCursor& cursor) {
  std::size_t length = 0;
  while (length <= kMaxSdName && is_sd_name_char(cursor.peek(length))) ++length;
  return length > kMaxSdName ? std::string_view{} : cursor.take(length);
}

// `unescaped` has room for all of a message, so appending never moves what earlier views point at.
std::string_view join(std::string_view id, std::string_view name, std::string& unescaped) {
  const std::size_t begin = unescaped.size();
  unescaped.append(id).append(1, '.').append(name);
  return std::string_view(unescaped).substr(begin);
}

// Called after the opening '"'. A backslash before anything but '"', '\' and ']' is a backslash (6.3.3).
bool read_value(text::TextCursor& cursor, std::string_view& value, std::string& unescaped) {
  const std::string_view text = cursor.rest();
  std::size_t end = 0;
  while (end < text.size() && text[end] != '"' && text[end] != '\\') ++end;
  if (end == text.size()) return false;
  if (text[end] == '"') {
    value = text.substr(0, end);
    cursor.take(end + 1);
    return true;
  }
  const std::size_t begin = unescaped.size();
  std::size_t copied = 0;
  while (end < text.size() && text[end] != '"') {
    if (text[end] != '\\' || end + 1 == text.size()) {
      ++end;
      continue;
    }
    const char next = text[end + 1];
    if (next == '"' || next == '\\' || next == ']') {
      unescaped.append(text.substr(copied, end - copied));
      copied = end + 1;
    }
    end += 2;
  }
  if (end >= text.size()) return false;
  unescaped.append(text.substr(copied, end - copied));
  value = std::string_view(unescaped).substr(begin);
  cursor.take(end + 1);
  return true;
}

bool read_element(text::TextCursor& cursor, std::vector<Field>& fields, std::string& unescaped) {
  if (!cursor.eat('[')) return false;
  const std::string_view id = take_sd_name(cursor);
  if (id.empty()) return false;
  if (cursor.peek() == ']') fields.push_back({id, {}});
  while (cursor.eat(' ')) {
    const std::string_view name = take_sd_name(cursor);
    Field field;
    if (name.empty() || !cursor.eat("=\"") || !read_value(cursor, field.value, unescaped)) return false;
    field.name = join(id, name, unescaped);
    fields.push_back(field);
    if (fields.size() > kMaxFields) return false;
  }
  return cursor.eat(']') && fields.size() <= kMaxFields;
}

}  // namespace

std::size_t read_structured_data(text::TextCursor& cursor, std::vector<Field>& fields, std::string& unescaped) {
  fields.clear();
  unescaped.clear();
  text::TextCursor at = cursor;
  if (at.eat('-')) {
    if (at.at_word_end()) cursor = at;
    return 0;
  }
  if (at.peek() != '[') return 0;
  unescaped.reserve(at.rest().size() + kNamesAtMost);
  std::size_t good = 0;
  while (read_element(at, fields, unescaped)) {
    good = fields.size();
    cursor = at;
  }
  return good;
}

}  // namespace logsniffd::record::syslog
