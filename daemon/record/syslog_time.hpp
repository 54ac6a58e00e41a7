// The times that syslog senders write.
//
// The shape decides whether there is a time, its numbers whether there is an instant: where they make none ("Jan  0", a
// zone whose offset is unknown, a year that PacketTime cannot hold) the time is stepped over and `sent` stays absent,
// so that a device with a dead clock still has its host and tag read.
//
// A missing zone is the zone of this process (local_zone.hpp). A missing year is the one that puts the time into the
// eleven months before captured_at or the one after it: December read in January is last year, January read in December
// is next year.
#pragma once

#include <optional>

#include "daemon/base/time.hpp"
#include "daemon/record/text_cursor.hpp"

namespace logsniffd::record {

// Each reads the time at the front of `cursor` and steps behind it, or returns false and leaves everything as it was.
// What follows a time is a space, a colon or the end.

// "2003-10-11T22:14:15.003Z" (RFC 5424, 6.2.3; RFC 3339). More liberal: up to nine digits of fraction (Go writes them),
// an offset without its colon, no offset at all.
bool read_rfc3339_time(TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// "Oct 11 22:14:15" (RFC 3164, 4.1.2), and with what senders add: a day of one digit, a fraction, a year in front of it
// all, between day and hour, or at the end, and a zone: UTC or GMT; another abbreviation (whose offset is unknown) only
// where a year or Cisco's
// ": %" follows, for it looks like a host or a tag elsewhere.
bool read_bsd_time(TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

}  // namespace logsniffd::record
