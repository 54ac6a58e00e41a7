#include "daemon/record/syslog/cef.hpp"

#include <array>
#include <optional>

#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr std::array<std::string_view, 6> kCefHeaderNames{"cef.vendor",    "cef.product", "cef.version",
                                                          "cef.signature", "cef.name",    "cef.severity"};
constexpr std::size_t kSeverity = kCefHeaderNames.size() - 1;
using Header = std::array<std::string_view, kCefHeaderNames.size()>;

constexpr bool is_space(char c) { return c == ' ' || c == '\t'; }

// A table, because every byte is looked up.
constexpr std::array<bool, 256> kKeyChars = [] {
  std::array<bool, 256> set{};
  for (std::size_t c = 0; c < 128; ++c)
    set[c] = text::is_letter(static_cast<char>(c)) || text::is_digit(static_cast<char>(c));
  for (const char c : {'_', '.', '-', '[', ']'}) set[static_cast<unsigned char>(c)] = true;
  return set;
}();
bool is_key_char(char c) { return kKeyChars[static_cast<unsigned char>(c)]; }

// What a backslash and `c` stand for together, if they are an escape.
using Meaning = std::optional<char> (*)(char c);

std::optional<char> in_header(char c) { return c == '|' || c == '\\' ? std::optional(c) : std::nullopt; }

std::optional<char> in_value(char c) {
  if (c == 'n') return '\n';
  if (c == 'r') return '\r';
  return c == '=' || c == '\\' ? std::optional(c) : std::nullopt;
}

// `unescaped` has room for all of the text, and unescaping only shortens: appending never moves what earlier views
// point at.
std::string_view unescape(std::string_view raw, Meaning meaning, std::string& unescaped) {
  const std::size_t begin = unescaped.size();
  std::size_t copied = 0;
  // A backslash that escapes nothing is never followed by another one.
  for (std::size_t at = raw.find('\\'); at != raw.npos && at + 1 < raw.size(); at = raw.find('\\', at + 2)) {
    const std::optional<char> c = meaning(raw[at + 1]);
    if (!c) continue;
    unescaped.append(raw.substr(copied, at - copied)).append(1, *c);
    copied = at + 2;
  }
  if (copied == 0) return raw;
  unescaped.append(raw.substr(copied));
  return std::string_view(unescaped).substr(begin);
}

// Takes one part and the pipe after it. False if there is no pipe; `raw` is then all that is left.
bool take_header_part(text::TextCursor& cursor, std::string_view& raw) {
  const std::string_view text = cursor.rest();
  std::size_t end = 0;
  while (end < text.size() && text[end] != '|') end += text[end] == '\\' ? 2U : 1U;
  raw = cursor.take(end);
  return cursor.eat('|');
}

bool take_header(text::TextCursor& cursor, Header& raw) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (take_header_part(cursor, raw[i])) continue;
    return i == kSeverity && (event_severity(raw[i]) || raw[i] == "Unknown");
  }
  return true;
}

std::string_view trim_end(std::string_view value) {
  while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
  return value;
}

// One pass. A pair is known to be complete only at the next pair's "=", or at the end.
EventFields read_extension(std::string_view text, std::vector<Field>& fields, std::string& unescaped) {
  std::string_view key;
  std::size_t value = 0;   // where the value of `key` begins
  std::size_t word = 0;    // where the word being read begins
  bool may_be_key = true;  // that word, as far as it is read
  bool escapes = false;    // the value may hold some
  const auto add = [&](std::size_t end) {
    const std::string_view raw = trim_end(text.substr(value, end - value));
    return add_field(fields, key, escapes ? unescape(raw, in_value, unescaped) : raw);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_key_char(c)) continue;
    if (is_space(c)) {
      word = at + 1;
      may_be_key = true;
    } else if (c == '=' && may_be_key && at > word && at - word <= kMaxEventKey) {
      if (key.empty() ? !trim_end(text.substr(0, word)).empty() : !add(word)) return EventFields::some;
      key = text.substr(word, at - word);
      value = at + 1;
      may_be_key = escapes = false;
    } else {
      may_be_key = false;
      escapes |= c == '\\';
      if (c == '\\' && at + 1 < text.size() && in_value(text[at + 1])) ++at;
    }
  }
  if (key.empty()) return trim_end(text).empty() ? EventFields::all : EventFields::some;
  return add(text.size()) ? EventFields::all : EventFields::some;
}

}  // namespace

EventFields read_cef(std::string_view text, LogRecord& record, std::vector<Field>& fields, std::string& unescaped) {
  text::TextCursor cursor(text);
  if (!cursor.eat("CEF:0|") && !cursor.eat("CEF:1|")) return EventFields::none;
  Header raw;
  if (!take_header(cursor, raw)) return EventFields::none;
  unescaped.clear();
  unescaped.reserve(text.size());
  if (!record.severity) record.severity = event_severity(raw[kSeverity]);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (!add_field(fields, kCefHeaderNames[i], unescape(raw[i], in_header, unescaped))) return EventFields::some;
  }
  return read_extension(cursor.rest(), fields, unescaped);
}

}  // namespace logsniffd::record::syslog
