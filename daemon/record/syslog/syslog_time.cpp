#include "daemon/record/syslog/syslog_time.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "daemon/record/value/clock_reading.hpp"
#include "daemon/text/word_table.hpp"

namespace logsniffd::record::syslog {
namespace {

// The common end of all forms: the time is accepted if it ends as a word does, or with a colon as Cisco's does.
bool accept(text::TextCursor& cursor, text::TextCursor behind, const record::value::ClockReading& reading,
            PacketTime captured_at, std::optional<PacketTime>& sent) {
  if (!behind.at_word_end() && behind.peek() != ':') return false;
  cursor = behind;
  sent = reading.instant(captured_at);
  return true;
}

bool eat_trailing_year(text::TextCursor& cursor, record::value::ClockReading& reading) {
  text::TextCursor behind = cursor;
  int year = 0;
  if (reading.year || !behind.eat(' ') || !record::value::read_number(behind, 4, year) || year < 1970) return false;
  const bool colon = behind.peek() == ':' && (behind.peek(1) == ' ' || behind.rest().size() == 1);
  if (!behind.at_word_end() && !colon) return false;  // "2001:db8::1" is a host
  reading.year = year;
  cursor = behind;
  return true;
}

// An abbreviation, without the space before it; empty if there is none.
std::string_view zone_word(text::TextCursor cursor) {
  constexpr std::size_t kLongestAbbreviation = 5;
  if (!cursor.eat(' ')) return {};
  std::size_t length = 0;
  while (length <= kLongestAbbreviation && text::is_upper(cursor.peek(length))) ++length;
  if (length < 2 || length > kLongestAbbreviation) return {};
  return cursor.take(length);
}

// " gmt", in letters of any case (IOS XE). Otherwise a word in small letters is a name.
std::string_view universal_zone(text::TextCursor cursor) {
  if (!cursor.eat(' ')) return {};
  const std::string_view zone = cursor.take(3);
  for (const std::string_view universal : {"utc", "gmt"}) {
    if (zone.size() == 3 && text::to_lower(zone[0]) == universal[0] && text::to_lower(zone[1]) == universal[1] &&
        text::to_lower(zone[2]) == universal[2]) {
      return zone;
    }
  }
  return {};
}

void set_zone(std::string_view zone, record::value::ClockReading& reading) {
  if (zone == "UTC" || zone == "GMT" || zone == "utc" || zone == "gmt") {
    reading.offset = std::chrono::seconds(0);
  } else {
    reading.offset_unknown = true;
  }
}

// " +0200" after a time.
bool eat_spaced_offset(text::TextCursor& cursor, record::value::ClockReading& reading) {
  if (cursor.peek(1) != '+' && cursor.peek(1) != '-') return false;
  text::TextCursor behind = cursor;
  record::value::ClockReading zone;
  if (!behind.eat(' ') || !record::value::read_offset(behind, zone) || !(behind.at_word_end() || behind.peek() == ':'))
    return false;
  reading.offset = zone.offset;
  reading.offset_unknown = zone.offset_unknown;
  cursor = behind;
  return true;
}

void eat_zone(text::TextCursor& cursor, record::value::ClockReading& reading) {
  if (eat_spaced_offset(cursor, reading)) return;
  const std::string_view zone = zone_word(cursor);
  if (zone.empty()) return;
  text::TextCursor behind = cursor;
  behind.take(1 + zone.size());
  if (zone == "UTC" || zone == "GMT") {
    if (!behind.at_word_end() && behind.peek() != ':') return;
  } else {
    record::value::ClockReading ignored;
    text::TextCursor ahead = behind;
    if (!behind.rest().starts_with(": %") && !eat_trailing_year(ahead, ignored)) return;
  }
  set_zone(zone, reading);
  cursor = behind;
}

// Any zone before a mnemonic: "UTC:", "gmt:", "CEST :", "EST -05:00" (CatOS), "GMT+2:".
void eat_device_zone(text::TextCursor& cursor, record::value::ClockReading& reading) {
  if (eat_spaced_offset(cursor, reading)) return;
  std::string_view zone = zone_word(cursor);
  if (zone.empty()) zone = universal_zone(cursor);
  if (zone.empty()) return;
  text::TextCursor behind = cursor;
  behind.take(1 + zone.size());
  if (eat_spaced_offset(behind, reading)) {
    cursor = behind;
    return;
  }
  const bool named_offset = behind.peek() == '+' || behind.peek() == '-';  // its direction is unknown
  if (named_offset) {
    behind.take(1);
    if (behind.take_digits(4).empty()) return;
  }
  // A word before " : " may also be a host ("fw : %ASA-..."), unless it is a known zone.
  if (behind.peek() != ':' && !(behind.at_word_end() && is_common_zone(zone))) return;
  set_zone(named_offset ? std::string_view{} : zone, reading);
  cursor = behind;
}

// Huawei writes UTC followed by the offset of its own zone; others write the zone's time. Without the sender's name,
// "03:58:15+07:00" has no meaning.
void skip_huawei_offset(text::TextCursor& cursor, record::value::ClockReading& reading) {
  if (cursor.peek() != '+' && cursor.peek() != '-') return;
  text::TextCursor behind = cursor;
  record::value::ClockReading ignored;
  if (!record::value::read_offset(behind, ignored)) return;
  reading.offset_unknown = true;
  cursor = behind;
  cursor.eat(" DST");
}

// "1w2d", "00:00:46": how long the device has been up, which is not a time of day.
bool skip_uptime(text::TextCursor& cursor) {
  constexpr std::size_t kLongest = 16;
  std::size_t length = 0;
  while (length < kLongest && (text::is_digit(cursor.peek(length)) || cursor.peek(length) == ':' ||
                               std::string_view("ywdhms").find(cursor.peek(length)) != std::string_view::npos)) {
    ++length;
  }
  if (length < 3 || !text::is_digit(cursor.peek()) || cursor.peek(length) != ' ' || cursor.peek(length - 1) != ':') {
    return false;
  }
  const std::string_view inner = cursor.rest().substr(0, length - 1);
  if (inner.find_first_not_of("0123456789") == inner.npos) return false;  // a sequence number
  cursor.take(length - 1);
  return true;
}

}  // namespace

bool is_common_zone(std::string_view word) {
  if (word.size() < 3 || word.size() > 4 || !text::is_upper(word.front())) return false;
  constexpr std::array<std::string_view, 44> kZones{
      "UTC", "GMT", "WET", "WEST", "CET",  "CEST", "MET",  "MEST", "EET",  "EEST", "BST",
      "IST", "MSK", "TRT", "SAST", "EAT",  "WAT",  "CAT",  "PKT",  "ICT",  "SGT",  "HKT",
      "PHT", "JST", "KST", "AWST", "ACST", "ACDT", "AEST", "AEDT", "NZST", "NZDT", "EST",
      "EDT", "CST", "CDT", "MST",  "MDT",  "PST",  "PDT",  "AKST", "AKDT", "HST",  "BRT"};
  return std::find(kZones.begin(), kZones.end(), word) != kZones.end();
}

bool read_rfc3339_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  text::TextCursor at = cursor;
  record::value::ClockReading reading;
  if (!record::value::read_date(at, '-', reading) || !at.eat('T') || !record::value::read_clock(at, reading) ||
      !record::value::read_offset(at, reading)) {
    return false;
  }
  return accept(cursor, at, reading, captured_at, sent);
}

bool read_bsd_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  text::TextCursor at = cursor;
  record::value::ClockReading reading;
  if (!record::value::read_bsd_clock(at, reading)) return false;
  if (at.peek() == ' ') {
    // Usually a host's name comes next, in small letters.
    if (const char next = at.peek(1); text::is_upper(next) || next == '+' || next == '-') eat_zone(at, reading);
    if (text::is_digit(at.peek(1))) eat_trailing_year(at, reading);
  } else {
    skip_huawei_offset(at, reading);
  }
  return accept(cursor, at, reading, captured_at, sent);
}

bool read_header_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  if (read_bsd_time(cursor, captured_at, sent)) return true;
  if (!text::is_digit(cursor.peek(3))) return false;  // the other forms begin with a year
  if (read_rfc3339_time(cursor, captured_at, sent)) return true;
  text::TextCursor at = cursor;
  record::value::ClockReading reading;
  if (record::value::read_date(at, ':', reading)) {
    return at.eat('-') && record::value::read_clock(at, reading) && accept(cursor, at, reading, captured_at, sent);
  }
  at = cursor;
  if (!record::value::read_date(at, '-', reading) || !at.eat(' ') || !record::value::read_clock(at, reading))
    return false;
  at.eat(' ');
  if (at.peek() != '+' && at.peek() != '-') return false;
  return record::value::read_offset(at, reading) && accept(cursor, at, reading, captured_at, sent);
}

bool read_device_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  text::TextCursor at = cursor;
  if (!at.eat('*')) at.eat('.');
  if (!read_rfc3339_time(at, captured_at, sent)) {
    text::TextCursor behind = at;
    record::value::ClockReading reading;
    if (record::value::read_bsd_clock(behind, reading)) {
      eat_device_zone(behind, reading);
      eat_trailing_year(behind, reading);
      if (!accept(at, behind, reading, captured_at, sent)) return false;
    } else if (!skip_uptime(at)) {
      return false;
    }
  }
  cursor = at;
  return true;
}

bool read_spaced_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  const auto one_or_two = [](text::TextCursor& at, int& value) {
    return record::value::read_number(at, 2, value) || record::value::read_number(at, 1, value);
  };
  text::TextCursor at = cursor;
  record::value::ClockReading reading;
  int year = 0;
  if (!record::value::read_number(at, 4, year) || !at.eat('-') || !one_or_two(at, reading.month) || !at.eat('-') ||
      !one_or_two(at, reading.day) || !at.eat(' ') || !record::value::read_clock(at, reading)) {
    return false;
  }
  reading.year = year;
  if (at.eat('.')) at.take_digits(3);  // "11:58:03.150.1"
  skip_huawei_offset(at, reading);
  return accept(cursor, at, reading, captured_at, sent);
}

bool read_slashed_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  text::TextCursor at = cursor;
  record::value::ClockReading reading;
  int year = 0;
  if (!record::value::read_number(at, 2, reading.month) || !at.eat('/') ||
      !record::value::read_number(at, 2, reading.day) || !at.eat('/') || !record::value::read_number(at, 4, year) ||
      !at.eat(':') || !record::value::read_clock(at, reading)) {
    return false;
  }
  reading.year = year;
  eat_zone(at, reading);
  if (!at.at_word_end()) return false;
  cursor = at;
  const std::optional<PacketTime> month_first = reading.instant(captured_at);
  std::swap(reading.month, reading.day);
  const std::optional<PacketTime> day_first = reading.instant(captured_at);
  if (!month_first || !day_first || month_first == day_first) {
    sent = month_first ? month_first : day_first;
    return true;
  }
  const auto is_near = [captured_at](PacketTime time) {
    return time - captured_at < std::chrono::days(1) && captured_at - time < std::chrono::days(1);
  };
  sent.reset();
  if (is_near(*month_first) != is_near(*day_first)) sent = is_near(*month_first) ? month_first : day_first;
  return true;
}

bool read_epoch_time(text::TextCursor& cursor, std::optional<PacketTime>& sent) {
  constexpr std::size_t kDigits = 10;  // from 2001 until 2286
  text::TextCursor at = cursor;
  const std::string_view seconds = at.take_digits(kDigits);
  if (seconds.size() != kDigits || seconds.front() == '0') return false;
  const std::string_view fraction = at.eat('.') ? at.take_digits(9) : std::string_view{};
  if (!at.eat(' ')) return false;
  cursor = at;
  sent.reset();
  if (seconds >= "9223372036") return true;  // 64 bits of nanoseconds end in 2262
  std::int64_t nanoseconds = 0;
  for (const char digit : seconds) nanoseconds = nanoseconds * 10 + (digit - '0');
  for (std::size_t i = 0; i < 9; ++i) nanoseconds = nanoseconds * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  sent = PacketTime(std::chrono::nanoseconds(nanoseconds));
  return true;
}

}  // namespace logsniffd::record::syslog
