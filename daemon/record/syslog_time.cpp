#include "daemon/record/syslog_time.hpp"

#include <algorithm>
#include <array>

#include "daemon/record/local_zone.hpp"

namespace logsniffd::record {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr int kFirstYear = 1678;  // what 64 bits of nanoseconds can hold
constexpr int kLastYear = 2261;
constexpr days kAheadAtMost{31};

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// What a clock shows, unjudged.
struct Reading {
  std::optional<int> year;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanoseconds = 0;
  std::optional<seconds> offset;
  bool offset_unknown = false;  // a zone is named, but it says nothing
};

sys_days date_in(int year, const Reading& reading) {
  return sys_days(std::chrono::year(year) / reading.month / 1) + days(reading.day - 1);
}

int missing_year(const Reading& reading, PacketTime captured_at) {
  const sys_days today = std::chrono::floor<days>(captured_at);
  const int year = static_cast<int>(std::chrono::year_month_day(today).year());
  if (date_in(year, reading) > today + kAheadAtMost) return year - 1;
  if (date_in(year + 1, reading) <= today + kAheadAtMost) return year + 1;
  return year;
}

std::optional<PacketTime> instant_of(const Reading& reading, PacketTime captured_at) {
  if (reading.offset_unknown || reading.month < 1 || reading.month > 12) return std::nullopt;
  if (reading.hour > 23 || reading.minute > 59 || reading.second > 60) return std::nullopt;  // 60: a leap second
  const int year = reading.year ? *reading.year : missing_year(reading, captured_at);
  const auto date = std::chrono::year(year) / reading.month / reading.day;
  if (!date.ok() || year < kFirstYear || year > kLastYear) return std::nullopt;

  const sys_seconds shown = sys_days(date) + std::chrono::hours(reading.hour) + std::chrono::minutes(reading.minute) +
                            seconds(reading.second);
  const sys_seconds instant = reading.offset ? shown - *reading.offset
                                             : from_local_zone(std::chrono::local_seconds(shown.time_since_epoch()),
                                                               std::chrono::floor<seconds>(captured_at));
  return PacketTime(instant) + std::chrono::nanoseconds(reading.nanoseconds);
}

// Ends what both forms share: the time is there if it ends as a word, or Cisco's way, with a colon.
bool accept(TextCursor& cursor, TextCursor behind, const Reading& reading, PacketTime captured_at,
            std::optional<PacketTime>& sent) {
  if (!behind.at_word_end() && behind.peek() != ':') return false;
  cursor = behind;
  sent = instant_of(reading, captured_at);
  return true;
}

bool read_number(TextCursor& cursor, std::size_t digits, int& value) {
  const std::optional<int> number = cursor.number(digits);
  if (number) value = *number;
  return number.has_value();
}

// hh:mm:ss, and a fraction of up to nine digits behind a point or a comma.
bool read_clock(TextCursor& cursor, Reading& reading) {
  if (!read_number(cursor, 2, reading.hour) || !cursor.eat(':') || !read_number(cursor, 2, reading.minute) ||
      !cursor.eat(':') || !read_number(cursor, 2, reading.second)) {
    return false;
  }
  if ((cursor.peek() != '.' && cursor.peek() != ',') || !is_digit(cursor.peek(1))) return true;
  cursor.take(1);
  int scale = 100'000'000;
  for (const char digit : cursor.take_digits(9)) {
    reading.nanoseconds += (digit - '0') * scale;
    scale /= 10;
  }
  return true;
}

// Z, +02:00, +0200; nothing is fine as well.
bool read_offset(TextCursor& cursor, Reading& reading) {
  if (cursor.eat('Z')) {
    reading.offset = seconds(0);
    return true;
  }
  const char sign = cursor.peek();
  if (sign != '+' && sign != '-') return true;
  cursor.take(1);
  int hours = 0;
  int minutes = 0;
  if (!read_number(cursor, 2, hours)) return false;
  cursor.eat(':');
  if (!read_number(cursor, 2, minutes)) return false;
  const seconds ahead = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  reading.offset = sign == '+' ? ahead : -ahead;
  reading.offset_unknown = hours > 23 || minutes > 59;
  return true;
}

bool read_month(TextCursor& cursor, Reading& reading) {
  const auto month = std::find(kMonths.begin(), kMonths.end(), cursor.rest().substr(0, 3));
  if (month == kMonths.end()) return false;
  reading.month = static_cast<int>(month - kMonths.begin()) + 1;
  cursor.take(3);
  return cursor.eat(' ');
}

// " 1" (RFC 3164), "1" and "01".
bool read_day(TextCursor& cursor, Reading& reading) {
  cursor.eat(' ');
  return (read_number(cursor, 2, reading.day) || read_number(cursor, 1, reading.day)) && cursor.eat(' ');
}

bool eat_year(TextCursor& cursor, Reading& reading) {
  TextCursor behind = cursor;
  int year = 0;
  if (!read_number(behind, 4, year) || !behind.eat(' ')) return false;
  reading.year = year;
  cursor = behind;
  return true;
}

bool eat_trailing_year(TextCursor& cursor, Reading& reading) {
  TextCursor behind = cursor;
  int year = 0;
  if (reading.year || !behind.eat(' ') || !read_number(behind, 4, year) || year < 1970) return false;
  if (!behind.at_word_end() && behind.peek() != ':') return false;
  reading.year = year;
  cursor = behind;
  return true;
}

void eat_zone(TextCursor& cursor, Reading& reading) {
  constexpr std::size_t kLongestAbbreviation = 5;
  TextCursor behind = cursor;
  if (!behind.eat(' ')) return;
  std::size_t length = 0;
  while (length <= kLongestAbbreviation && is_upper(behind.peek(length))) ++length;
  if (length < 2 || length > kLongestAbbreviation) return;
  const std::string_view zone = behind.take(length);
  if (zone == "UTC" || zone == "GMT") {
    if (!behind.at_word_end() && behind.peek() != ':') return;
    reading.offset = seconds(0);
  } else {
    Reading ignored;
    TextCursor ahead = behind;
    if (!behind.rest().starts_with(": %") && !eat_trailing_year(ahead, ignored)) return;
    reading.offset_unknown = true;
  }
  cursor = behind;
}

}  // namespace

bool read_rfc3339_time(TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  TextCursor at = cursor;
  Reading reading;
  int year = 0;
  if (!read_number(at, 4, year) || !at.eat('-') || !read_number(at, 2, reading.month) || !at.eat('-') ||
      !read_number(at, 2, reading.day) || !at.eat('T') || !read_clock(at, reading) || !read_offset(at, reading)) {
    return false;
  }
  reading.year = year;
  return accept(cursor, at, reading, captured_at, sent);
}

bool read_bsd_time(TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent) {
  TextCursor at = cursor;
  Reading reading;
  eat_year(at, reading);
  if (!read_month(at, reading) || !read_day(at, reading)) return false;
  if (!reading.year) eat_year(at, reading);
  if (!read_clock(at, reading)) return false;
  eat_zone(at, reading);
  eat_trailing_year(at, reading);
  return accept(cursor, at, reading, captured_at, sent);
}

}  // namespace logsniffd::record
