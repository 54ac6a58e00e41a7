#include "daemon/record/syslog/syslog.hpp"

#include <optional>

#include "daemon/record/plain.hpp"
#include "daemon/record/syslog/header_word.hpp"
#include "daemon/record/syslog/mnemonic.hpp"
#include "daemon/record/syslog/rfc3164.hpp"
#include "daemon/record/syslog/structured_data.hpp"
#include "daemon/record/syslog/syslog_time.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr int kPriMax = 191;
constexpr std::string_view kBom = "\xef\xbb\xbf";

// "<" 1*3DIGIT ">", no leading zero (RFC 5424, 6.2.1). On failure it leaves the cursor anywhere.
std::optional<int> read_pri(text::TextCursor& cursor) {
  if (!cursor.eat('<')) return std::nullopt;
  const std::string_view digits = cursor.take_digits(3);
  if (digits.empty() || (digits.front() == '0' && digits.size() > 1) || !cursor.eat('>')) return std::nullopt;
  int pri = 0;
  for (const char digit : digits) pri = pri * 10 + (digit - '0');
  if (pri > kPriMax) return std::nullopt;
  return pri;
}

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// Reads a header token and the space after it. "-" is absent.
bool read_token(text::TextCursor& cursor, std::string_view& token) {
  token = cursor.take_until(' ');
  if (token.empty()) return false;
  if (token == "-") token = {};
  return cursor.eat(' ') || cursor.at_end();
}

// The byte order mark of MSG-UTF8 (6.4). Cisco's IOS writes the three letters "BOM" of the RFC's example,
// then "%%SYS-5-...".
void skip_bom(text::TextCursor& cursor, LogRecord& record) {
  if (cursor.eat(kBom)) return;
  text::TextCursor at = cursor;
  if (!at.eat("BOM") || at.peek() != '%') return;
  cursor = at;
  if (at.peek(1) == '%') at.eat('%');
  text::TextCursor behind = at;
  const std::optional<Mnemonic> mnemonic = read_mnemonic(behind);
  if (!mnemonic) return;
  if (!record.msgid.empty()) {
    cursor = at;
    return;
  }
  record.msgid = mnemonic->whole;
  if (record.app.empty()) record.app = mnemonic->facility;
  cursor = behind;
}

// What follows <PRI> (RFC 5424, 6): version 1, header, structured data, message.
bool read_rfc5424(std::string_view text, LogRecord& record, std::vector<Field>& fields, std::string& unescaped) {
  text::TextCursor cursor(text);
  if (!cursor.eat("1 ")) return false;
  std::optional<PacketTime> sent;
  if (!cursor.eat("- ") && !(read_rfc3339_time(cursor, record.captured_at, sent) && cursor.eat(' '))) return false;
  std::string_view host;
  std::string_view app;
  std::string_view pid;
  std::string_view msgid;
  if (!read_token(cursor, host)) return false;
  if (is_security_event(cursor.rest())) {  // CyberArk and others end their header here
    record.sent = sent;
    record.host = host;
    record.message = cursor.rest();
    return true;
  }
  text::TextCursor behind_host = cursor;
  for (std::string_view* token : {&app, &pid, &msgid}) {
    if (!read_token(cursor, *token)) return false;
  }
  if (app.ends_with(':')) {  // a tag of RFC 3164 in a header of RFC 5424
    std::string_view tag_pid;
    if (cursor.peek() == '-' || cursor.peek() == '[') {
      app.remove_suffix(1);
    } else if (read_tag(behind_host, app, tag_pid)) {
      pid = tag_pid;
      msgid = {};
      cursor = behind_host;
    }
  }
  record.sent = sent;
  record.host = host;
  record.app = app;
  record.pid = pid;
  record.msgid = msgid;
  const std::size_t good = read_structured_data(cursor, fields, unescaped);
  record.fields = std::span<const Field>(fields).first(good);
  cursor.eat(' ');
  skip_bom(cursor, record);
  record.message = cursor.rest();
  return true;
}

}  // namespace

bool parse_syslog(std::string_view text, LogRecord& record, std::vector<Field>& fields, std::string& unescaped) {
  text::TextCursor cursor(text);
  const std::optional<int> pri = read_pri(cursor);
  if (!pri) return false;
  cursor.eat(kBom);
  const std::string_view rest = without_line_end(cursor.rest());
  fields.clear();
  read_plain(rest, record);
  record.facility = static_cast<std::uint8_t>(*pri / 8);
  record.severity = static_cast<Severity>(*pri % 8);
  if (!read_rfc5424(rest, record, fields, unescaped)) read_rfc3164(rest, record, fields);
  return true;
}

}  // namespace logsniffd::record::syslog
