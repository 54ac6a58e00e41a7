#include "daemon/record/syslog_time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/record/moment.hpp"
#include "tests/unit/record/syslog_case.hpp"

namespace logsniffd::record {
namespace {

using Reader = bool (&)(TextCursor&, PacketTime, std::optional<PacketTime>&);

// The instant, then '|' and what is left behind it; "-" where there is no time.
std::string read(Reader reader, std::string_view text, std::string_view captured_at = kCapturedAt) {
  TextCursor cursor(text);
  std::optional<PacketTime> sent;
  if (!reader(cursor, moment(captured_at), sent)) {
    EXPECT_EQ(cursor.rest(), text);
    EXPECT_FALSE(sent.has_value());
    return "-";
  }
  return (sent ? to_text(*sent) : "") + "|" + std::string(cursor.rest());
}

std::string bsd(std::string_view text, std::string_view captured_at = kCapturedAt) {
  return read(read_bsd_time, text, captured_at);
}

std::string rfc3339(std::string_view text, std::string_view captured_at = kCapturedAt) {
  return read(read_rfc3339_time, text, captured_at);
}

TEST(MissingYear, EarlierThisYear_IsThisYear) { EXPECT_EQ(bsd("Mar  1 12:00:00"), "2026-03-01 11:00:00|"); }

TEST(MissingYear, UpToAMonthAhead_IsThisYear) { EXPECT_EQ(bsd("Nov 11 12:00:00"), "2026-11-11 11:00:00|"); }

TEST(MissingYear, MoreThanAMonthAhead_IsLastYear) { EXPECT_EQ(bsd("Nov 12 12:00:00"), "2025-11-12 11:00:00|"); }

TEST(MissingYear, DecemberReadInJanuary_IsLastYear) {
  EXPECT_EQ(bsd("Dec 31 23:59:59", "2027-01-01 00:00:05"), "2026-12-31 22:59:59|");
}

TEST(MissingYear, NewYearInTheLocalZoneAlone_IsNextYear) {
  EXPECT_EQ(bsd("Jan  1 00:30:00", "2026-12-31 23:30:01"), "2026-12-31 23:30:00|");
}

TEST(MissingYear, JanuaryReadInDecember_IsNextYear) {
  EXPECT_EQ(bsd("Jan  1 02:00:00", "2026-12-31 23:59:00"), "2027-01-01 01:00:00|");
}

TEST(MissingYear, LeapDay_NeedsALeapYear) {
  EXPECT_EQ(bsd("Feb 29 12:00:00", "2028-03-01 00:00:00"), "2028-02-29 11:00:00|");
  EXPECT_EQ(bsd("Feb 29 12:00:00", "2029-01-05 00:00:00"), "2028-02-29 11:00:00|");
  EXPECT_EQ(bsd("Feb 29 12:00:00", "2027-03-01 00:00:00"), "|");
}

TEST(MissingZone, WinterReadInSummer_HasWintersOffset) { EXPECT_EQ(bsd("Jan 15 12:00:00"), "2026-01-15 11:00:00|"); }

TEST(MissingZone, SummerReadInWinter_HasSummersOffset) {
  EXPECT_EQ(bsd("Jul 15 12:00:00", "2026-12-01 00:00:00"), "2026-07-15 10:00:00|");
}

// In this zone, 02:00 to 03:00 on October 25, 2026, is shown twice.
TEST(MissingZone, HourThatAutumnRepeats_HasTheOffsetOfItsCapture) {
  EXPECT_EQ(bsd("Oct 25 02:30:00", "2026-10-25 00:30:01"), "2026-10-25 00:30:00|");
  EXPECT_EQ(bsd("Oct 25 02:30:00", "2026-10-25 01:30:01"), "2026-10-25 01:30:00|");
}

TEST(MissingZone, BothSidesOfTheChange_AreRight) {
  EXPECT_EQ(bsd("Mar 29 01:59:59", "2026-03-29 12:00:00"), "2026-03-29 00:59:59|");
  EXPECT_EQ(bsd("Mar 29 03:00:00", "2026-03-29 12:00:00"), "2026-03-29 01:00:00|");
  EXPECT_EQ(bsd("Oct 25 01:59:59", "2026-10-25 12:00:00"), "2026-10-24 23:59:59|");
  EXPECT_EQ(bsd("Oct 25 03:00:00", "2026-10-25 12:00:00"), "2026-10-25 02:00:00|");
}

TEST(BsdTime, WhatFollows_IsASpaceAColonOrTheEnd) {
  EXPECT_EQ(bsd("Oct 11 22:14:15"), "2026-10-11 20:14:15|");
  EXPECT_EQ(bsd("Oct 11 22:14:15 host"), "2026-10-11 20:14:15| host");
  EXPECT_EQ(bsd("Oct 11 22:14:15: text"), "2026-10-11 20:14:15|: text");
  EXPECT_EQ(bsd("Oct 11 22:14:15x"), "-");
  EXPECT_EQ(bsd("Oct 11 22:14:15.x"), "-");
}

TEST(BsdTime, OtherShapes_AreNoTime) {
  for (const char* text :
       {"", "O", "Oct", "Oct ", "Oct 11", "Oct 11 ", "Oct 11 22", "Oct 11 22:14", "Oct 11 22:14:1", "0ct 11 22:14:15",
        "Okt 11 22:14:15", "Oct  111 22:14:15", "Oct 11  22:14:15", "Oct 11 2:14:15", "Oct-11 22:14:15",
        "26 Oct 11 22:14:15", "Oct x1 22:14:15", "Oct 11 222:14:15"}) {
    EXPECT_EQ(bsd(text), "-") << text;
  }
}

TEST(BsdTime, NumbersOutOfRange_HaveNoInstant) {
  for (const char* text : {"Oct 00 22:14:15", "Oct 32 22:14:15", "Nov 31 22:14:15", "Oct 11 24:14:15",
                           "Oct 11 22:60:15", "Oct 11 22:14:61"}) {
    EXPECT_EQ(bsd(text), "|") << text;
  }
}

TEST(BsdTime, LeapSecond_IsTheNext) { EXPECT_EQ(bsd("Jul  1 01:59:60"), "2026-07-01 00:00:00|"); }

TEST(BsdTime, Fraction_UpToNineDigits) {
  EXPECT_EQ(bsd("Oct 11 22:14:15.1"), "2026-10-11 20:14:15.1|");
  EXPECT_EQ(bsd("Oct 11 22:14:15,000000001"), "2026-10-11 20:14:15.000000001|");
  EXPECT_EQ(bsd("Oct 11 22:14:15.0000000011"), "-");
}

TEST(BsdTime, NumberThatIsNoYear_Stays) {
  EXPECT_EQ(bsd("Oct 11 22:14:15 1024 bytes"), "2026-10-11 20:14:15| 1024 bytes");
  EXPECT_EQ(bsd("Oct 11 22:14:15 20260 bytes"), "2026-10-11 20:14:15| 20260 bytes");
  EXPECT_EQ(bsd("Oct 11 2026 22:14:15 2026 bytes"), "2026-10-11 20:14:15| 2026 bytes");
}

TEST(BsdTime, ZoneOfUnknownOffset_OnlyBeforeAYearOrAMnemonic) {
  EXPECT_EQ(bsd("Oct 11 22:14:15 PDT 2026 host"), "| host");
  EXPECT_EQ(bsd("Oct 11 22:14:15 PDT: %SYS-5-X: y"), "|: %SYS-5-X: y");
  EXPECT_EQ(bsd("Oct 11 22:14:15 PDT: text"), "2026-10-11 20:14:15| PDT: text");
  EXPECT_EQ(bsd("Oct 11 22:14:15 PDT host"), "2026-10-11 20:14:15| PDT host");
}

TEST(BsdTime, UtcAndGmt_AreKnown) {
  EXPECT_EQ(bsd("Oct 11 22:14:15 UTC"), "2026-10-11 22:14:15|");
  EXPECT_EQ(bsd("Oct 11 22:14:15 GMT 2025: x"), "2025-10-11 22:14:15|: x");
  EXPECT_EQ(bsd("Oct 11 22:14:15 UTCX host"), "2026-10-11 20:14:15| UTCX host");
  EXPECT_EQ(bsd("Oct 11 22:14:15 UTC-1 host"), "2026-10-11 20:14:15| UTC-1 host");
}

// RFC 5424, 6.2.3.1, examples 1 to 4.
TEST(Rfc3339Time, ExamplesOfTheRfc) {
  EXPECT_EQ(rfc3339("1985-04-12T23:20:50.52Z"), "1985-04-12 23:20:50.52|");
  EXPECT_EQ(rfc3339("1985-04-12T19:20:50.52-04:00"), "1985-04-12 23:20:50.52|");
  EXPECT_EQ(rfc3339("2003-10-11T22:14:15.003Z"), "2003-10-11 22:14:15.003|");
  EXPECT_EQ(rfc3339("2003-08-24T05:14:15.000003-07:00"), "2003-08-24 12:14:15.000003|");
}

TEST(Rfc3339Time, NoOffset_IsLocal) {
  EXPECT_EQ(rfc3339("2026-10-11T22:14:15 host"), "2026-10-11 20:14:15| host");
  EXPECT_EQ(rfc3339("2026-01-11T22:14:15.5 host"), "2026-01-11 21:14:15.5| host");
}

TEST(Rfc3339Time, OtherShapes_AreNoTime) {
  for (const char* text :
       {"", "2026", "2026-10-11", "2026-10-11 22:14:15Z", "2026-10-11t22:14:15Z", "2026-10-11T22:14Z",
        "2026-10-11T22:14:15z", "2026-10-11T22:14:15+2", "2026-10-11T22:14:15+02:", "2026-10-11T22:14:15+0x:00",
        "2026-10-11T22:14:15Zx", "2026-10-11T22:14:15.Z", "26-10-11T22:14:15Z"}) {
    EXPECT_EQ(rfc3339(text), "-") << text;
  }
}

TEST(Rfc3339Time, NumbersOutOfRange_HaveNoInstant) {
  for (const char* text :
       {"2026-00-11T22:14:15Z", "2026-13-11T22:14:15Z", "2026-10-00T22:14:15Z", "2026-10-32T22:14:15Z",
        "2026-02-29T22:14:15Z", "2026-10-11T24:14:15Z", "2026-10-11T22:14:15+24:00", "2026-10-11T22:14:15+02:60",
        "1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "0000-01-01T00:00:00Z"}) {
    EXPECT_EQ(rfc3339(text), "|") << text;
  }
}

TEST(Rfc3339Time, FirstAndLastYear_Fit) {
  EXPECT_EQ(rfc3339("1678-01-01T00:00:00+23:59"), "1677-12-31 00:01:00|");
  EXPECT_EQ(rfc3339("2261-12-31T23:59:60-23:59"), "2262-01-01 23:59:00|");
}

}  // namespace
}  // namespace logsniffd::record
