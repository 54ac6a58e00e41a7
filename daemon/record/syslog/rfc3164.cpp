#include "daemon/record/syslog/rfc3164.hpp"

#include <optional>

#include "daemon/record/syslog/header_shape.hpp"
#include "daemon/record/syslog/header_word.hpp"
#include "daemon/record/syslog/syslog_time.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {
namespace {

bool read_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  text::TextCursor at = cursor;
  at.eat(' ');  // Docker's driver (srslog) puts a space after <PRI>
  if (!read_header_time(at, captured_at, sent)) return false;
  if (at.eat(':')) at.eat(' ');
  at.eat(' ');
  at.eat(' ');
  cursor = at;
  return true;
}

// "[ID 800047 auth.info] "
void read_solaris_id(text::TextCursor& cursor, LogRecord& record) {
  text::TextCursor at = cursor;
  if (!at.eat("[ID ")) return;
  const std::string_view id = at.take_digits(10);
  if (id.empty() || !at.eat(' ')) return;
  const std::string_view text = at.rest().substr(0, 32);
  const std::size_t end = text.find_first_of("] ");
  if (end == text.npos || text[end] != ']' || !is_level(at.take(end)) || !at.eat("] ")) return;
  record.msgid = id;
  cursor = at;
}

// A mnemonic ("%SYS-5-CONFIG_I: ") comes next, perhaps after a sequence number, or after the device's time and task. In
// that case the word read as a tag is the device's name: "sw1: *Oct 11 22:14:15: %SYS-5-CONFIG_I: ",
// "wlc1: *emWeb: Oct 11 22:14:15: %AAA-5-X: ".
bool at_a_mnemonic(text::TextCursor cursor, PacketTime captured_at) {
  constexpr std::size_t kDeviceAtMost = 128;
  if (text::is_letter(cursor.peek()) && cursor.peek(3) != ' ')
    return false;  // a time begins with a name of three letters
  if (text::TextCursor number = cursor; !number.take_digits(10).empty() && number.eat(": ")) cursor = number;
  if (cursor.peek() == '%') return true;
  if (cursor.peek() != '*' && cursor.peek() != '.') {
    if (!text::is_digit(cursor.peek()) && cursor.peek(3) != ' ') return false;
    text::TextCursor time = cursor;
    std::optional<PacketTime> ignored;
    if (!read_device_time(time, captured_at, ignored)) return false;
  }
  const std::string_view ahead = cursor.rest().substr(0, kDeviceAtMost);
  return ahead.find(": %") != ahead.npos || ahead.find(": #") != ahead.npos;
}

// Reads what most senders write after their time. False leaves `record` as it was.
bool read_usual(text::TextCursor cursor, std::optional<PacketTime> sent, LogRecord& record) {
  std::string_view app;
  std::string_view pid;
  const std::string_view host = peek_host_word(cursor);
  if (!host.empty()) {
    cursor.take(host.size());
    cursor.eat(' ');
    const bool event = is_security_event(cursor.rest());
    if (cursor.peek() == '%' || (!event && !read_tag(cursor, app, pid))) return false;
    const HostShape shape = host_shape(host);
    if (shape == HostShape::none || (shape == HostShape::opening && pid.empty())) return false;
  } else if (cursor.peek() == '%' || !read_tag(cursor, app, pid)) {
    return false;
  }
  if (at_a_mnemonic(cursor, record.captured_at)) return false;
  record.sent = sent;
  record.host = host;
  record.app = app;
  record.pid = pid;
  if (cursor.peek() == '[') read_solaris_id(cursor, record);
  record.message = cursor.rest();
  return true;
}

// Skips "CEST " and other zones whose offset is unknown: the time then has no instant.
bool skip_zone(text::TextCursor& cursor) {
  text::TextCursor at = cursor;
  if (!is_common_zone(take_word(at)) || !at.eat(' ')) return false;
  cursor = at;
  return true;
}

void read_host(text::TextCursor& cursor, LogRecord& record) {
  const std::string_view word = peek_host_word(cursor);
  const HostShape shape = host_shape(word);
  if (shape < HostShape::weak) return;
  text::TextCursor behind = cursor;
  behind.take(word.size());
  behind.eat(' ');
  if (behind.at_end()) return;
  if (shape == HostShape::weak && !follows_a_host(behind.rest())) {
    text::TextCursor ahead = behind;
    std::string_view app;
    std::string_view pid;
    if (!read_tag(ahead, app, pid)) return;
  }
  record.host = word;
  cursor = behind;
}

// A tag after any number of spaces.
void read_spaced_tag(text::TextCursor& cursor, LogRecord& record) {
  text::TextCursor at = cursor;
  while (at.eat(' ')) {
  }
  if (read_tag(at, record.app, record.pid)) cursor = at;
}

}  // namespace

void read_rfc3164(std::string_view text, LogRecord& record, std::vector<Field>& fields) {
  text::TextCursor cursor(text);
  std::optional<PacketTime> sent;
  const bool timed = read_time(cursor, record.captured_at, sent);
  if (timed && read_usual(cursor, sent, record)) return;
  if (text::TextCursor behind = cursor; timed && skip_zone(behind)) {
    sent.reset();
    if (read_usual(behind, sent, record)) return;
  }
  if (read_header_shape(text, timed ? std::optional(cursor) : std::nullopt, sent, record, fields)) return;
  record.sent = sent;
  if (!timed) {
    read_spaced_tag(cursor, record);
  } else if (!read_tag(cursor, record.app, record.pid)) {
    read_host(cursor, record);
    if (!record.host.empty()) read_spaced_tag(cursor, record);
  }
  if (cursor.peek() == '[') read_solaris_id(cursor, record);
  if (cursor.peek() == ' ' && is_security_event(cursor.rest().substr(1))) cursor.eat(' ');
  record.message = cursor.rest();
}

}  // namespace logsniffd::record::syslog
