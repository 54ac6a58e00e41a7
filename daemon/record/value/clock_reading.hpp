// What a clock in a message shows, unjudged, and the instant that it means.
//
// A missing zone means the zone of this process (local_zone.hpp). A missing year is chosen so that the time lies in the
// eleven months before captured_at or the month after it: December read in January is last year, January read in
// December is next year.
//
// The readers below step over what they read. On false they leave the cursor and the reading in any state: their
// callers work on copies.
#pragma once

#include <chrono>
#include <optional>

#include "daemon/base/time.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::value {

struct ClockReading {
  std::optional<int> year;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanoseconds = 0;
  std::optional<std::chrono::seconds> offset;
  bool offset_unknown = false;  // a zone is named, but its offset is not known

  // Absent if the numbers do not make an instant, or if PacketTime cannot hold it.
  [[nodiscard]] std::optional<PacketTime> instant(PacketTime captured_at) const;
};

// Reads exactly `digits` digits.
inline bool read_number(text::TextCursor& cursor, std::size_t digits, int& value) {
  const std::optional<int> number = cursor.number(digits);
  if (number) value = *number;
  return number.has_value();
}

// yyyy-mm-dd, with `between` in place of the hyphens.
bool read_date(text::TextCursor& cursor, char between, ClockReading& reading);

// hh:mm:ss, and a fraction of up to nine digits after a point or a comma.
bool read_clock(text::TextCursor& cursor, ClockReading& reading);

// Z, +02:00, +0200, or nothing.
bool read_offset(text::TextCursor& cursor, ClockReading& reading);

// [year] month day [year] clock, as in "Oct 11 22:14:15". The month is in letters of any case, the day has one digit or
// two. " AM" or " PM" may follow a twelve-hour clock, with the fraction on either side of it.
bool read_bsd_clock(text::TextCursor& cursor, ClockReading& reading);

}  // namespace logsniffd::record::value
