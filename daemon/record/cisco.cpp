#include "daemon/record/cisco.hpp"

#include <optional>

#include "daemon/record/syslog_time.hpp"
#include "daemon/record/text_cursor.hpp"

namespace logsniffd::record {
namespace {

constexpr std::size_t kHeaderAtMost = 160;  // in front of the percent sign; a host name of 63 characters fits
constexpr std::size_t kMaxMnemonic = 96;

constexpr bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

struct Mnemonic {
  std::string_view facility;
  std::string_view whole;
};

// "%SYS-5-CONFIG_I: ", "%ASA-config-5-111008: "; IOS XR puts a space in front of the colon.
std::optional<Mnemonic> read_mnemonic(TextCursor& cursor) {
  if (!cursor.eat('%')) return std::nullopt;
  std::size_t length = 0;
  while (length < kMaxMnemonic && is_name_char(cursor.peek(length))) ++length;
  const std::string_view whole = cursor.take(length);
  cursor.eat(' ');
  if (!cursor.eat(':')) return std::nullopt;
  cursor.eat(' ');
  const std::size_t facility_end = whole.find('-');
  if (facility_end == 0 || facility_end == whole.npos) return std::nullopt;
  for (std::size_t at = facility_end; at + 3 < whole.size(); ++at) {
    if (whole[at] == '-' && whole[at + 1] >= '0' && whole[at + 1] <= '7' && whole[at + 2] == '-') {
      return Mnemonic{whole.substr(0, facility_end), whole};
    }
  }
  return std::nullopt;
}

// "123: "; NX-OS and FTD leave the colon where the number is missing.
void skip_sequence(TextCursor& cursor) {
  TextCursor at = cursor;
  at.take_digits(10);
  if (!at.eat(':')) return;
  at.eat(' ');
  cursor = at;
}

// "1w2d", "00:00:46": how long the device has been up, which is no time of day.
bool skip_uptime(TextCursor& cursor) {
  TextCursor at = cursor;
  std::string_view word = at.take_until(' ');
  if (!is_digit(cursor.peek()) || !word.ends_with(':')) return false;
  word.remove_suffix(1);
  if (word.find_first_not_of("0123456789ywdh:") != word.npos) return false;
  cursor.take(word.size());
  return true;
}

bool read_time(TextCursor& cursor, const LogRecord& record, std::optional<PacketTime>& sent) {
  TextCursor at = cursor;
  if (!at.eat('*')) at.eat('.');
  if (!read_bsd_time(at, record.captured_at, sent) && !read_rfc3339_time(at, record.captured_at, sent) &&
      !skip_uptime(at)) {
    return false;
  }
  cursor = at;
  return true;
}

// A word and the colon behind it, perhaps with a space between ("asa1 : ").
bool read_name(TextCursor& cursor, std::string_view& name) {
  TextCursor at = cursor;
  std::string_view word = at.take_until(' ');
  if (word.ends_with(':')) {
    word.remove_suffix(1);
  } else if (!at.eat(" :")) {
    return false;
  }
  if (word.empty() || word.find_first_of(":%[") != word.npos) return false;
  at.eat(' ');
  name = word;
  cursor = at;
  return true;
}

}  // namespace

bool read_cisco(std::string_view text, LogRecord& record) {
  const std::size_t percent = text.substr(0, kHeaderAtMost).find('%');
  if (percent == text.npos) return false;
  TextCursor behind(text.substr(percent));
  const std::optional<Mnemonic> mnemonic = read_mnemonic(behind);
  if (!mnemonic) return false;

  // All in front of the percent sign must be what Cisco writes there. No step below passes it.
  TextCursor cursor(text);
  const auto done = [&cursor] { return cursor.peek() == '%'; };
  skip_sequence(cursor);
  std::optional<PacketTime> sent;
  std::string_view host;
  if (!done() && !read_time(cursor, record, sent)) {
    if (!read_name(cursor, host)) return false;
    if (!done() && !read_time(cursor, record, sent)) return false;
  }
  cursor.eat(' ');
  cursor.eat(": ");
  if (!done() && !read_name(cursor, host)) return false;
  if (!done()) return false;

  if (sent) record.sent = sent;
  if (!host.empty()) record.host = host;
  record.app = mnemonic->facility;
  record.msgid = mnemonic->whole;
  record.message = behind.rest();
  return true;
}

}  // namespace logsniffd::record
