// The times that syslog senders write.
//
// The shape decides whether there is a time; its numbers decide whether there is an instant. If they make none
// ("Jan  0", a zone whose offset is unknown, a year that PacketTime cannot hold), the time is stepped over and `sent`
// stays absent, so that the host and tag of a device with a dead clock are still read. clock_reading.hpp says what a
// missing year and a missing zone mean.
#pragma once

#include <optional>

#include "daemon/base/time.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {

// Each reads the time at the front of `cursor` and steps over it, or returns false and leaves everything as it was. A
// space, a colon or the end follows a time.

// "2003-10-11T22:14:15.003Z" (RFC 5424, 6.2.3; RFC 3339). Also accepts up to nine digits of fraction (Go writes them),
// an offset without its colon, and no offset at all.
bool read_rfc3339_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// "Oct 11 22:14:15" (RFC 3164, 4.1.2), and with what senders add: letters of any case, a day of one digit, a fraction,
// AM or PM, a year (at the front, between day and hour, or at the end), and a zone: UTC, GMT or an offset. Another
// abbreviation, whose offset is unknown, counts only before a year or Cisco's ": %", because elsewhere it looks like a
// host or a tag.
bool read_bsd_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// What stands where RFC 3164 has its time: either of the above, "2026:10:11-22:14:15" (Sophos UTM), or
// "2026-10-11 22:14:15.250 +0200" with its offset (Barracuda), which tells it from a logger's time inside the text.
bool read_header_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// What a device writes before a mnemonic (mnemonic.hpp), which proves that it is a time. After a "*" or "." (the clock
// is not set, or not in step with its time server), it is either of the first two forms with any zone after it, or the
// device's uptime ("1w2d", "00:00:46"), which leaves `sent` absent.
bool read_device_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// "2026-10-11 22:14:15", with a blank in place of the T, with an offset or without.
bool read_spaced_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// "09/21/2026:14:11:18 GMT" (Citrix NetScaler), whose users choose the order of day and month. If both orders make a
// date, the one within a day of captured_at is meant; if neither or both are that near, `sent` stays absent.
bool read_slashed_time(text::TextCursor& cursor, PacketTime captured_at, std::optional<PacketTime>& sent);

// "1379988354.989337248" (Cisco Meraki): seconds since 1970 in ten digits, perhaps with a fraction.
bool read_epoch_time(text::TextCursor& cursor, std::optional<PacketTime>& sent);

// True for the abbreviations of zones that devices are known to write, in capitals. After a time such a word is a zone,
// not a host.
bool is_common_zone(std::string_view word);

}  // namespace logsniffd::record::syslog
