#include "daemon/record/value/logged_time_text.hpp"

#include <algorithm>
#include <array>

#include "daemon/record/value/wall_clock.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::value {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

bool read_number(text::TextCursor& cursor, std::size_t digits, int& value) {
  const std::optional<int> number = cursor.number(digits);
  if (number) value = *number;
  return number.has_value();
}

// "Sep", in that case only.
bool read_month(text::TextCursor& cursor, WallClock& clock) {
  const auto month = std::find(kMonths.begin(), kMonths.end(), cursor.rest().substr(0, 3));
  if (month == kMonths.end()) return false;
  clock.month = static_cast<int>(month - kMonths.begin()) + 1;
  cursor.take(3);
  return true;
}

// "9", "09" and " 9".
bool read_day(text::TextCursor& cursor, WallClock& clock) {
  cursor.eat(' ');
  return read_number(cursor, 2, clock.day) || read_number(cursor, 1, clock.day);
}

// hh:mm:ss, and a fraction of up to nine digits after a point or a comma.
bool read_clock(text::TextCursor& cursor, WallClock& clock) {
  if (!read_number(cursor, 2, clock.hour) || !cursor.eat(':') || !read_number(cursor, 2, clock.minute) ||
      !cursor.eat(':') || !read_number(cursor, 2, clock.second)) {
    return false;
  }
  if ((cursor.peek() != '.' && cursor.peek() != ',') || !text::is_digit(cursor.peek(1))) return true;
  cursor.take(1);
  int scale = 100'000'000;
  for (const char digit : cursor.take_digits(9)) {
    clock.nanoseconds += (digit - '0') * scale;
    scale /= 10;
  }
  return true;
}

// +02:00, +0200, and PostgreSQL's +02.
bool read_offset(text::TextCursor& cursor, WallClock& clock) {
  const char sign = cursor.peek();
  if (sign != '+' && sign != '-') return false;
  cursor.take(1);
  int hours = 0;
  int minutes = 0;
  if (!read_number(cursor, 2, hours)) return false;
  const bool colon = cursor.eat(':');
  if (!read_number(cursor, 2, minutes) && (colon || text::is_digit(cursor.peek()))) return false;
  if (hours > 23 || minutes > 59) return false;
  const seconds ahead = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  clock.offset = sign == '+' ? ahead : -ahead;
  return true;
}

// Zones whose offset is known: Z, UTC, GMT, an offset, and an offset after UTC or GMT (JavaScript, Java).
bool read_zone(text::TextCursor& cursor, WallClock& clock) {
  if (cursor.eat('Z') || cursor.eat('z')) {
    clock.offset = seconds(0);
    return true;
  }
  if (read_offset(cursor, clock)) return true;
  if (!cursor.eat("UTC") && !cursor.eat("GMT")) return false;
  clock.offset = seconds(0);
  const bool offset = cursor.peek() == '+' || cursor.peek() == '-';
  return !offset || read_offset(cursor, clock);
}

// "[Europe/Berlin]" (Java; RFC 9557). After an offset it says nothing new. Alone, its offset must be known.
bool read_bracketed(text::TextCursor& cursor, WallClock& clock) {
  if (!cursor.eat('[')) return false;
  const std::string_view name = cursor.take_until(']');
  if (name.empty() || !cursor.eat(']')) return false;
  if (clock.offset) return true;
  if (name != "UTC" && name != "GMT" && name != "Etc/UTC" && name != "Z") return false;
  clock.offset = seconds(0);
  return true;
}

// " CEST", " +02": the zone's name after its offset (Go).
bool eat_abbreviation(text::TextCursor& cursor) {
  constexpr std::size_t kLongest = 6;
  text::TextCursor behind = cursor;
  if (!behind.eat(' ')) return false;
  std::size_t length = 0;
  if (behind.eat('+') || behind.eat('-')) {
    length = behind.take_digits(4).size();
  } else {
    while (length < kLongest && text::is_upper(behind.peek(length))) ++length;
    behind.take(length);
  }
  if (length < 2 || !behind.at_word_end()) return false;
  cursor = behind;
  return true;
}

// " (Central European Summer Time)": JavaScript, mail.
bool eat_comment(text::TextCursor& cursor) {
  text::TextCursor behind = cursor;
  if (!behind.eat(" (")) return false;
  behind.take_until(')');
  if (!behind.eat(')')) return false;
  cursor = behind;
  return true;
}

// " m=+0.000012345": the monotonic clock that Go prints after its times.
bool eat_monotonic(text::TextCursor& cursor) {
  text::TextCursor behind = cursor;
  if (!behind.eat(" m=") || (!behind.eat('+') && !behind.eat('-'))) return false;
  if (behind.take_digits(20).empty() || !behind.eat('.') || behind.take_digits(20).empty()) return false;
  cursor = behind;
  return true;
}

// What may follow a clock: nothing, or a zone and what repeats it in other words.
bool read_rest(text::TextCursor& cursor, WallClock& clock) {
  if (cursor.at_end()) return true;
  cursor.eat(' ');
  if (!read_zone(cursor, clock) && !read_bracketed(cursor, clock)) return false;
  if (cursor.at_end()) return true;
  while (cursor.peek() == '[') {
    if (!read_bracketed(cursor, clock)) return false;
  }
  eat_abbreviation(cursor);
  eat_comment(cursor);
  eat_monotonic(cursor);
  return cursor.at_end();
}

// "2026-09-21T14:11:18" (RFC 3339, ISO 8601); also with a blank in place of the T, or with slashes.
bool read_year_first(text::TextCursor& cursor, WallClock& clock) {
  if (!read_number(cursor, 4, clock.year)) return false;
  const char separator = cursor.peek();
  if (separator != '-' && separator != '/') return false;
  return cursor.eat(separator) && read_number(cursor, 2, clock.month) && cursor.eat(separator) &&
         read_number(cursor, 2, clock.day) && (cursor.eat('T') || cursor.eat(' ') || cursor.eat('t')) &&
         read_clock(cursor, clock) && read_rest(cursor, clock);
}

// "21 Sep 2026 14:11:18 GMT" (HTTP, mail), "21/Sep/2026:14:11:18 +0000" (Apache), "21-Sep-2026 14:11:18" (PHP, BIND).
bool read_day_first(text::TextCursor& cursor, WallClock& clock) {
  if (!read_day(cursor, clock)) return false;
  const char separator = cursor.peek();
  if (separator != ' ' && separator != '/' && separator != '-') return false;
  return cursor.eat(separator) && read_month(cursor, clock) && cursor.eat(separator) &&
         read_number(cursor, 4, clock.year) && (cursor.eat(' ') || (separator == '/' && cursor.eat(':'))) &&
         read_clock(cursor, clock) && read_rest(cursor, clock);
}

// "Sep 21 14:11:18 2026" (asctime), "Sep 21 14:11:18 UTC 2026" (date, Java), "Sep 21 2026 14:11:18 GMT+0200"
// (JavaScript). Without a year it is not accepted as a time here.
bool read_month_first(text::TextCursor& cursor, WallClock& clock) {
  if (!read_month(cursor, clock) || !cursor.eat(' ') || !read_day(cursor, clock) || !cursor.eat(' ')) return false;
  if (cursor.peek(2) != ':') {
    return read_number(cursor, 4, clock.year) && cursor.eat(' ') && read_clock(cursor, clock) &&
           read_rest(cursor, clock);
  }
  if (!read_clock(cursor, clock) || !cursor.eat(' ')) return false;
  if (!text::is_digit(cursor.peek())) {
    return read_zone(cursor, clock) && cursor.eat(' ') && read_number(cursor, 4, clock.year) && cursor.at_end();
  }
  return read_number(cursor, 4, clock.year) && read_rest(cursor, clock);
}

bool eat_weekday(text::TextCursor& cursor) {
  if (std::find(kWeekdays.begin(), kWeekdays.end(), cursor.rest().substr(0, 3)) == kWeekdays.end()) return false;
  cursor.take(3);
  cursor.eat(',');
  return cursor.eat(' ');
}

bool read_any(std::string_view text, WallClock& clock) {
  text::TextCursor cursor(text);
  if (text::is_digit(cursor.peek(3))) return read_year_first(cursor, clock);
  eat_weekday(cursor);
  return text::is_letter(cursor.peek()) ? read_month_first(cursor, clock) : read_day_first(cursor, clock);
}

}  // namespace

std::optional<PacketTime> read_time_text(std::string_view text, PacketTime captured_at) {
  constexpr std::size_t kShortest = 19;  // "2026-09-21T14:11:18"
  if (text.size() > kLongestTime) return std::nullopt;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);  // Apache
  WallClock clock;
  if (text.size() < kShortest || !read_any(text, clock)) return std::nullopt;
  return instant_of(clock, captured_at);
}

}  // namespace logsniffd::record::value
