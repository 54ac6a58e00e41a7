#include "daemon/record/rfc3164.hpp"

#include <algorithm>
#include <array>

#include "daemon/record/cisco.hpp"
#include "daemon/record/syslog_time.hpp"
#include "daemon/record/text_cursor.hpp"

namespace logsniffd::record {
namespace {

constexpr std::size_t kMaxHost = 255;  // RFC 5424, 6: HOSTNAME
constexpr std::size_t kMaxPid = 128;   // RFC 5424, 6: PROCID

// Letters, digits and some punctuation, as a table: tags are looked for in every message.
using CharSet = std::array<bool, 256>;

constexpr CharSet alphanumerics_and(std::string_view punctuation) {
  CharSet set{};
  for (std::size_t c = 0; c < 128; ++c) set[c] = is_letter(static_cast<char>(c)) || is_digit(static_cast<char>(c));
  for (const char c : punctuation) set[static_cast<unsigned char>(c)] = true;
  return set;
}

constexpr CharSet kHostChars = alphanumerics_and("-_.:%/");
constexpr CharSet kTagChars = alphanumerics_and("-_./()@+#%$~*\\");

std::size_t length_in(const CharSet& set, std::string_view text, std::size_t limit) {
  const std::size_t end = std::min(text.size(), limit);
  std::size_t length = 0;
  while (length < end && set[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

// "[pid]:" or, for digits alone, "[pid] ". The separators are stepped over.
bool read_pid(TextCursor& cursor, std::string_view& pid) {
  TextCursor at = cursor;
  if (!at.eat('[')) return false;
  const std::string_view inside = at.rest().substr(0, kMaxPid + 1);
  const std::size_t end = inside.find_first_of("] ");
  if (end == inside.npos || inside[end] != ']') return false;
  const std::string_view found = at.take(end);
  at.eat(']');
  if (!at.eat(':') && !(at.at_word_end() && !found.empty() && std::all_of(found.begin(), found.end(), is_digit))) {
    return false;
  }
  at.eat(' ');
  pid = found;
  cursor = at;
  return true;
}

bool read_tag(TextCursor& cursor, LogRecord& record) {
  TextCursor at = cursor;
  const std::string_view name = at.take(length_in(kTagChars, at.rest(), kMaxTag));
  if (std::none_of(name.begin(), name.end(), is_letter)) return false;
  if (!read_pid(at, record.pid)) {
    if (!at.eat(':') || !at.at_word_end()) return false;
    at.eat(' ');
  }
  record.app = name;
  cursor = at;
  return true;
}

void read_host(TextCursor& cursor, LogRecord& record) {
  TextCursor at = cursor;
  const std::string_view word = at.take(length_in(kHostChars, at.rest(), kMaxHost));
  if (word.empty() || word.back() == ':' || !at.eat(' ')) return;
  record.host = word;
  cursor = at;
}

bool read_time(TextCursor& cursor, LogRecord& record) {
  TextCursor at = cursor;
  at.eat(' ');  // Docker's driver (srslog) puts a space behind <PRI>
  if (!read_bsd_time(at, record.captured_at, record.sent) && !read_rfc3339_time(at, record.captured_at, record.sent)) {
    return false;
  }
  if (at.eat(':')) at.eat(' ');
  at.eat(' ');
  cursor = at;
  return true;
}

}  // namespace

void read_rfc3164(std::string_view text, LogRecord& record) {
  if (read_cisco(text, record)) return;
  TextCursor cursor(text);
  const bool timed = read_time(cursor, record);
  if (!read_tag(cursor, record) && timed) {
    read_host(cursor, record);
    if (read_cisco(cursor.rest(), record)) return;  // relayed by a syslogd, which put its own header in front
    read_tag(cursor, record);
  }
  record.message = cursor.rest();
}

}  // namespace logsniffd::record
