#include "daemon/record/syslog/netconsole.hpp"

#include <algorithm>
#include <optional>

#include "daemon/record/field_list.hpp"
#include "daemon/record/plain.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr std::size_t kMaxSecondsDigits = 12;
constexpr std::size_t kMicrosecondDigits = 6;
constexpr unsigned kMaxLevel = 191;

void set_level(unsigned level, LogRecord& record) {
  record.severity = static_cast<Severity>(level & 7);
  record.facility = static_cast<std::uint8_t>(level >> 3);
}

int hex_value(char c) {
  if (text::is_digit(c)) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Replaces the \xff escapes; the result is never longer than `text`, and is `text` itself if it has none. REQUIRED:
// `out` has room for it.
std::string_view without_escapes(std::string_view text, std::string& out) {
  std::size_t at = text.find('\\');
  if (at == text.npos) return text;
  const std::size_t begin = out.size();
  std::size_t copied = 0;
  while (at != text.npos) {
    const bool escape = at + 3 < text.size() && text[at + 1] == 'x';
    const int high = escape ? hex_value(text[at + 2]) : -1;
    const int low = escape ? hex_value(text[at + 3]) : -1;
    if (high >= 0 && low >= 0) {
      out.append(text, copied, at - copied);
      out.push_back(static_cast<char>(high << 4 | low));
      copied = at + 4;
    }
    at = text.find('\\', high >= 0 && low >= 0 ? at + 4 : at + 1);
  }
  out.append(text, copied);
  return std::string_view(out).substr(begin);
}

// Takes the text up to `stop`, and `stop` too.
std::string_view take_up_to(std::string_view& text, char stop) {
  const std::string_view taken = text.substr(0, text.find(stop));
  text.remove_prefix(taken.size() == text.size() ? taken.size() : taken.size() + 1);
  return taken;
}

// Reads the lines after the message. False if one of them is not a field.
bool read_dictionary(std::string_view lines, bool cut, FieldList& list, std::string& unescaped) {
  while (!lines.empty()) {
    std::string_view line = take_up_to(lines, '\n');
    if (cut && lines.empty()) return false;
    const std::size_t equals = line.find('=');
    if (line.empty() || line.front() != ' ' || equals == line.npos || equals == 1) return false;
    const std::string_view name = line.substr(1, equals - 1);
    const std::string_view value = line.substr(equals + 1);
    const bool escaped = name == "SUBSYSTEM" || name == "DEVICE";
    list.add(name, escaped ? without_escapes(value, unescaped) : value);
  }
  return true;
}

void add_header(const framing::NetconsoleHeader& header, FieldList& list) {
  list.add("seq", header.seq_digits);
  list.add("usec", header.usec_digits);
  if (header.flag != "-") list.add("flag", header.flag);
  if (!header.release.empty()) list.add("release", header.release);
  for (std::string_view keys = header.keys; !keys.empty();) {
    std::string_view value = take_up_to(keys, ',');
    const std::string_view name = take_up_to(value, '=');
    list.add(name, value);
  }
}

void read_extended(const framing::NetconsoleHeader& header, std::string_view text, LogRecord& record,
                   std::vector<Field>& fields, std::string& unescaped) {
  const std::string_view body = text.substr(header.size);
  const bool cut = record.integrity == Integrity::truncated;
  const bool piece = framing::netconsole_value(header, "ncfrag").data() != nullptr;
  unescaped.clear();
  unescaped.reserve(body.size());  // so that it does not move
  FieldList list(fields);
  add_header(header, list);
  std::string_view lines = body;
  const std::string_view message = take_up_to(lines, '\n');
  const bool whole = piece || read_dictionary(lines, cut, list, unescaped);
  if (!whole) list.leave_out();
  read_plain(piece || list.left_out() ? body : without_escapes(message, unescaped), record);
  set_level(header.level, record);
  record.fields = list.good();
}

// "<N>"
std::optional<unsigned> take_level(text::TextCursor& text) {
  text::TextCursor cursor = text;
  if (!cursor.eat('<')) return std::nullopt;
  const std::string_view digits = cursor.take_digits(3);
  if (digits.empty() || !cursor.eat('>')) return std::nullopt;
  unsigned level = 0;
  for (const char c : digits) level = level * 10 + static_cast<unsigned>(c - '0');
  if (level > kMaxLevel) return std::nullopt;
  text = cursor;
  return level;
}

// Reads "[   12.345678]" and sets `usec` to its digits.
bool take_time(text::TextCursor& text, std::string& usec) {
  text::TextCursor cursor = text;
  if (!cursor.eat('[')) return false;
  while (cursor.eat(' ')) {
  }
  const std::string_view seconds = cursor.take_digits(kMaxSecondsDigits);
  if (seconds.empty() || !cursor.eat('.')) return false;
  const std::string_view fraction = cursor.take_digits(kMicrosecondDigits);
  if (fraction.size() != kMicrosecondDigits || !cursor.eat(']')) return false;
  usec.assign(seconds);
  usec.append(fraction);
  text = cursor;
  return true;
}

// "[    T1]" or "[    C1]"
std::string_view take_caller(text::TextCursor& text) {
  text::TextCursor cursor = text;
  if (!cursor.eat('[')) return {};
  while (cursor.eat(' ')) {
  }
  const std::string_view caller = cursor.rest();
  if (!cursor.eat('T') && !cursor.eat('C')) return {};
  const std::string_view digits = cursor.take_digits(kMaxSecondsDigits);
  if (digits.empty() || !cursor.eat(']')) return {};
  text = cursor;
  return caller.substr(0, 1 + digits.size());
}

bool read_basic(std::string_view text, LogRecord& record, std::vector<Field>& fields, std::string& usec) {
  text::TextCursor cursor(text);
  const std::optional<unsigned> level = take_level(cursor);
  const bool timed = take_time(cursor, usec);
  const std::string_view caller = take_caller(cursor);
  if (!level && !timed) return false;
  FieldList list(fields);
  if (timed) {
    const std::string_view digits = usec;
    list.add("usec", digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)));
  }
  if (!caller.empty()) list.add("caller", caller);
  if (timed || !caller.empty()) cursor.eat(' ');
  read_plain(cursor.rest(), record);
  if (level) set_level(*level, record);
  record.fields = list.good();
  return true;
}

}  // namespace

bool read_netconsole(std::string_view text, LogRecord& record, std::vector<Field>& fields, std::string& unescaped) {
  const std::optional<framing::NetconsoleHeader> header = framing::read_netconsole_header(text);
  if (!header) return read_basic(text, record, fields, unescaped);
  read_extended(*header, text, record, fields, unescaped);
  return true;
}

}  // namespace logsniffd::record::syslog
