#include "daemon/record/syslog/syslog_time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/moment.hpp"
#include "tests/unit/record/syslog/syslog_case.hpp"

namespace logsniffd::record::syslog {
namespace {

using namespace test;

using Reader = bool (*)(text::TextCursor&, PacketTime, std::optional<PacketTime>&);

// Returns the instant, '|' and the rest of the text; "-" if there is no time.
std::string read(Reader reader, std::string_view text, std::string_view captured_at = kCapturedAt) {
  text::TextCursor cursor(text);
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

// In this zone, the hour from 02:00 to 03:00 occurs twice on October 25, 2026.
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

TEST(BsdTime, MonthInAnyCase) {
  EXPECT_EQ(bsd("OCT 11 22:14:15"), "2026-10-11 20:14:15|");
  EXPECT_EQ(bsd("oCt 11 22:14:15"), "2026-10-11 20:14:15|");
}

TEST(BsdTime, ClockOfTwelveHours) {
  EXPECT_EQ(bsd("Oct 11 12:00:01 AM"), "2026-10-10 22:00:01|");
  EXPECT_EQ(bsd("Oct 11 12:00:01 pm: x"), "2026-10-11 10:00:01|: x");
  EXPECT_EQ(bsd("Oct 11 1:00:01.5 PM host"), "2026-10-11 11:00:01.5| host");
  EXPECT_EQ(bsd("Oct 11 11:00:01 PM.25 UTC"), "2026-10-11 23:00:01.25|");
}

TEST(BsdTime, HoursBeyondTwelve_HaveNoHalfOfTheDay) {
  EXPECT_EQ(bsd("Oct 11 13:00:01 PM"), "2026-10-11 11:00:01| PM");
  EXPECT_EQ(bsd("Oct 11 00:00:01 AM"), "2026-10-10 22:00:01| AM");
  EXPECT_EQ(bsd("Oct 11 0:00:01 AM"), "-");
  EXPECT_EQ(bsd("Oct 11 11:00:01 PMX"), "2026-10-11 09:00:01| PMX");
}

TEST(BsdTime, OffsetBehindASpace) {
  EXPECT_EQ(bsd("Oct 11 22:14:15 +0200 host"), "2026-10-11 20:14:15| host");
  EXPECT_EQ(bsd("Oct 11 22:14:15 -05:30"), "2026-10-12 03:44:15|");
  EXPECT_EQ(bsd("Oct 11 22:14:15 -1 left"), "2026-10-11 20:14:15| -1 left");
}

// Senders disagree: for some the time is UTC, for others it is the time of the zone.
TEST(BsdTime, OffsetWithoutASpace_HasNoInstant) { EXPECT_EQ(bsd("Oct 11 22:14:15+02:00 host"), "| host"); }

TEST(BsdTime, YearInFrontOfAColon_IsAYearOnlyBeforeASpace) {
  EXPECT_EQ(bsd("Oct 11 22:14:15 2025: x"), "2025-10-11 20:14:15|: x");
  EXPECT_EQ(bsd("Oct 11 22:14:15 2001:db8::1 x"), "2026-10-11 20:14:15| 2001:db8::1 x");
}

std::string header(std::string_view text) { return read(read_header_time, text); }

TEST(HeaderTime, FormsOfSophosAndBarracuda) {
  EXPECT_EQ(header("2026:10:11-22:14:15 utm"), "2026-10-11 20:14:15| utm");
  EXPECT_EQ(header("2026-10-11 22:14:15.25 +0200 waf"), "2026-10-11 20:14:15.25| waf");
  EXPECT_EQ(header("2026-10-11 22:14:15-05:00 waf"), "2026-10-12 03:14:15| waf");
}

TEST(HeaderTime, TimeOfALogger_IsText) {
  for (const char* text : {"2026-10-11 22:14:15,123 INFO x", "2026-10-11 22:14:15 x", "2026-10-11",
                           "2026:10:11 22:14:15", "2026/10/11 22:14:15", "1791749655", "202"}) {
    EXPECT_EQ(header(text), "-") << text;
  }
}

std::string device(std::string_view text) { return read(read_device_time, text); }

TEST(DeviceTime, MarksAndZones) {
  EXPECT_EQ(device("*Oct 11 22:14:15.1: %"), "2026-10-11 20:14:15.1|: %");
  EXPECT_EQ(device(".Oct 11 22:14:15 gmt: %"), "2026-10-11 22:14:15|: %");
  EXPECT_EQ(device("Oct 11 22:14:15 CEST: *%"), "|: *%");
  EXPECT_EQ(device("Oct 11 22:14:15 EDT : %"), "| : %");
  EXPECT_EQ(device("Oct 11 22:14:15 EST -05:00 %"), "2026-10-12 03:14:15| %");
  EXPECT_EQ(device("Oct 11 22:14:15 GMT+2: x"), "|: x");
}

TEST(DeviceTime, NameOfADevice_IsNoZone) {
  EXPECT_EQ(device("Oct 11 22:14:15 fw : %"), "2026-10-11 20:14:15| fw : %");
  EXPECT_EQ(device("Oct 11 22:14:15 FWA : %"), "2026-10-11 20:14:15| FWA : %");
  EXPECT_EQ(device("Oct 11 22:14:15 Ebra: %"), "2026-10-11 20:14:15| Ebra: %");
}

TEST(DeviceTime, Uptime_HasNoInstant) {
  EXPECT_EQ(device("1w2d: %"), "|: %");
  EXPECT_EQ(device("*00:00:46: %"), "|: %");
  for (const char* text : {"1w2d", "12: %", "w: %", "1w2d %"}) EXPECT_EQ(device(text), "-") << text;
}

TEST(SlashedTime, OrderOfDayAndMonth_IsThatOfTheNearDate) {
  const auto slashed = [](std::string_view text) { return read(read_slashed_time, text); };
  EXPECT_EQ(slashed("10/11/2026:20:14:15 GMT ns"), "2026-10-11 20:14:15| ns");
  EXPECT_EQ(slashed("11/10/2026:20:14:15 GMT ns"), "2026-10-11 20:14:15| ns");
  EXPECT_EQ(slashed("09/08/2026:20:14:15 GMT ns"), "| ns");
  EXPECT_EQ(slashed("02/28/2026:20:14:15 GMT ns"), "2026-02-28 20:14:15| ns");
  EXPECT_EQ(slashed("28/02/2026:20:14:15 GMT ns"), "2026-02-28 20:14:15| ns");
  EXPECT_EQ(slashed("08/08/2026:20:14:15 GMT ns"), "2026-08-08 20:14:15| ns");
  for (const char* text : {"1/11/2026:20:14:15", "10/11/26:20:14:15", "10/11/2026 20:14:15", "10/11/2026:20:14"}) {
    EXPECT_EQ(slashed(text), "-") << text;
  }
}

TEST(EpochTime, TenDigits) {
  const auto epoch = [](std::string_view text) {
    return read([](text::TextCursor& cursor, PacketTime,
                   std::optional<PacketTime>& sent) { return read_epoch_time(cursor, sent); },
                text);
  };
  EXPECT_EQ(epoch("1791749655.426960608 MX84"), "2026-10-11 20:14:15.426960608|MX84");
  EXPECT_EQ(epoch("1791749655 MX84"), "2026-10-11 20:14:15|MX84");
  EXPECT_EQ(epoch("9999999999.5 MX84"), "|MX84");
  for (const char* text : {"179174965 x", "17917496550 x", "0791749655 x", "1791749655x", "1791749655"}) {
    EXPECT_EQ(epoch(text), "-") << text;
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
}  // namespace logsniffd::record::syslog
