#include "daemon/record/value/clock_reading.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "daemon/record/value/wall_clock.hpp"

namespace logsniffd::record::value {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr days kAheadAtMost{31};

// Three letters as one number, without regard to their case. A non-letter does not become a letter.
constexpr std::uint32_t packed(char a, char b, char c) {
  const auto lower = [](char letter) { return static_cast<std::uint32_t>(static_cast<unsigned char>(letter)) | 0x20U; };
  return lower(a) << 16 | lower(b) << 8 | lower(c);
}

int month_of(std::string_view text) {
  if (text.size() < 3) return 0;
  switch (packed(text[0], text[1], text[2])) {
    case packed('j', 'a', 'n'):
      return 1;
    case packed('f', 'e', 'b'):
      return 2;
    case packed('m', 'a', 'r'):
      return 3;
    case packed('a', 'p', 'r'):
      return 4;
    case packed('m', 'a', 'y'):
      return 5;
    case packed('j', 'u', 'n'):
      return 6;
    case packed('j', 'u', 'l'):
      return 7;
    case packed('a', 'u', 'g'):
      return 8;
    case packed('s', 'e', 'p'):
      return 9;
    case packed('o', 'c', 't'):
      return 10;
    case packed('n', 'o', 'v'):
      return 11;
    case packed('d', 'e', 'c'):
      return 12;
    default:
      return 0;
  }
}

bool read_month(text::TextCursor& cursor, ClockReading& reading) {
  reading.month = month_of(cursor.rest());
  if (reading.month == 0) return false;
  cursor.take(3);
  return cursor.eat(' ');
}

// The number at text[at]; negative if there are not two digits. REQUIRED: two characters stand there.
int two_digits(std::string_view text, std::size_t at) {
  const unsigned tens = static_cast<unsigned char>(text[at]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[at + 1]) - unsigned{'0'};
  return tens > 9 || ones > 9 ? -1 : static_cast<int>(tens * 10 + ones);
}

// " 1" (RFC 3164), "1" and "01".
bool read_day(text::TextCursor& cursor, ClockReading& reading) {
  const std::size_t at = cursor.peek() == ' ' ? 1 : 0;
  if (!text::is_digit(cursor.peek(at))) return false;
  const bool two = text::is_digit(cursor.peek(at + 1));
  const std::size_t behind = at + (two ? 2 : 1);
  if (cursor.peek(behind) != ' ') return false;
  reading.day = two ? two_digits(cursor.rest(), at) : cursor.peek(at) - '0';
  cursor.take(behind + 1);
  return true;
}

bool eat_year(text::TextCursor& cursor, ClockReading& reading) {
  text::TextCursor behind = cursor;
  int year = 0;
  if (!read_number(behind, 4, year) || !behind.eat(' ')) return false;
  reading.year = year;
  cursor = behind;
  return true;
}

void read_fraction(text::TextCursor& cursor, ClockReading& reading) {
  const std::string_view text = cursor.rest();
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !text::is_digit(text[1])) return;
  constexpr std::size_t kMost = 9;
  constexpr std::array<int, kMost + 1> kScales{1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000,
                                               10'000,        1'000,       100,        10,        1};
  const std::size_t end = std::min(text.size(), kMost + 1);
  std::size_t at = 1;
  int value = 0;
  for (; at < end && text::is_digit(text[at]); ++at) value = value * 10 + (text[at] - '0');
  reading.nanoseconds = value * kScales[at - 1];
  cursor.take(at);
}

// " AM" and " PM", and a fraction after it (Cisco Unified Communications Manager).
bool eat_half_of_day(text::TextCursor& cursor, ClockReading& reading) {
  if (cursor.peek() != ' ' || (cursor.peek(2) | 0x20) != 'm') return false;
  const bool afternoon = (cursor.peek(1) | 0x20) == 'p';
  if (!afternoon && (cursor.peek(1) | 0x20) != 'a') return false;
  if (reading.hour < 1 || reading.hour > 12) return false;
  text::TextCursor behind = cursor;
  behind.take(3);
  read_fraction(behind, reading);
  if (!behind.at_word_end() && behind.peek() != ':') return false;
  reading.hour = reading.hour % 12 + (afternoon ? 12 : 0);
  cursor = behind;
  return true;
}

// h:mm:ss of a twelve-hour clock.
bool read_short_clock(text::TextCursor& cursor, ClockReading& reading) {
  if (!text::is_digit(cursor.peek()) || cursor.peek(1) != ':') return false;
  reading.hour = cursor.take(1).front() - '0';
  cursor.eat(':');
  if (!read_number(cursor, 2, reading.minute) || !cursor.eat(':') || !read_number(cursor, 2, reading.second)) {
    return false;
  }
  read_fraction(cursor, reading);
  return eat_half_of_day(cursor, reading);
}

sys_days date_in(int year, const ClockReading& reading) {
  return sys_days(std::chrono::year(year) / reading.month / 1) + days(reading.day - 1);
}

int missing_year(const ClockReading& reading, PacketTime captured_at) {
  const sys_days today = std::chrono::floor<days>(captured_at);
  const int year = static_cast<int>(std::chrono::year_month_day(today).year());
  if (date_in(year, reading) > today + kAheadAtMost) return year - 1;
  if (date_in(year + 1, reading) <= today + kAheadAtMost) return year + 1;
  return year;
}

}  // namespace

std::optional<PacketTime> ClockReading::instant(PacketTime captured_at) const {
  if (offset_unknown || month < 1 || month > 12) return std::nullopt;
  const int in_year = year ? *year : missing_year(*this, captured_at);
  return instant_of({in_year, month, day, hour, minute, second, nanoseconds, offset}, captured_at);
}

bool read_clock(text::TextCursor& cursor, ClockReading& reading) {
  constexpr std::size_t kSize = 8;
  const std::string_view text = cursor.rest();
  if (text.size() < kSize || text[2] != ':' || text[5] != ':') return false;
  reading.hour = two_digits(text, 0);
  reading.minute = two_digits(text, 3);
  reading.second = two_digits(text, 6);
  if ((reading.hour | reading.minute | reading.second) < 0) return false;
  cursor.take(kSize);
  read_fraction(cursor, reading);
  return true;
}

bool read_date(text::TextCursor& cursor, char between, ClockReading& reading) {
  constexpr std::size_t kSize = 10;
  const std::string_view text = cursor.rest();
  if (text.size() < kSize || text[4] != between || text[7] != between) return false;
  const int century = two_digits(text, 0);
  const int year = two_digits(text, 2);
  reading.month = two_digits(text, 5);
  reading.day = two_digits(text, 8);
  if ((century | year | reading.month | reading.day) < 0) return false;
  reading.year = century * 100 + year;
  cursor.take(kSize);
  return true;
}

bool read_offset(text::TextCursor& cursor, ClockReading& reading) {
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

bool read_bsd_clock(text::TextCursor& cursor, ClockReading& reading) {
  if (text::is_digit(cursor.peek())) eat_year(cursor, reading);
  if (!read_month(cursor, reading) || !read_day(cursor, reading)) return false;
  if (!reading.year) eat_year(cursor, reading);
  text::TextCursor behind = cursor;
  if (!read_clock(behind, reading)) return read_short_clock(cursor, reading);
  eat_half_of_day(behind, reading);
  cursor = behind;
  return true;
}

}  // namespace logsniffd::record::value
