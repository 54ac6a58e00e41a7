#include "daemon/tcp/connection_table.hpp"

#include "tests/unit/tcp/table_fixture.hpp"

// Ends that may be false: FIN and RST, true and forged.
namespace logsniffd::tcp::test {
namespace {

using Strings = std::vector<std::string>;

constexpr std::uint32_t kFarEnd = 16 << 20;
constexpr auto kEndWait = std::chrono::milliseconds(2100);

class DoubtfulEndTest : public TableTest {
 protected:
  void SetUp() override {
    handshake();
    client(0, "abc");
  }
};

TEST_F(DoubtfulEndTest, LostFinAcknowledgedBehindALostEnd_ItsNumberIsNoMissingByte) {
  client(6, "ghi");
  server(0, "", kAck, 9);
  server(0, "", kAck, 19);
  pass(std::chrono::milliseconds(60));
  server(0, "", kAck, 20);
  server(0, "", kAck, 20);
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi<gap 10><shutdown>"});
}

TEST_F(DoubtfulEndTest, LostFinAcknowledgedLongBehindALostEnd_ItsNumberIsNoMissingByte) {
  server(0, "", kAck, 13);
  pass(std::chrono::seconds(3));
  server(0, "", kAck, 14);
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 10><shutdown>"});
}

TEST_F(DoubtfulEndTest, FinInAGapThatIsReadForLong_EndsTheStream) {
  client(1000, "behind");
  pass(std::chrono::milliseconds(2100));
  client(3, "x");
  pass(std::chrono::seconds(3));
  client(4, "y", kFin | kAck);
  pass(std::chrono::seconds(3));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 997>behind<break>xy<fin>"});
}

TEST_F(DoubtfulEndTest, LoneFarSegmentWithFin_DoesNotEndTheStream) {
  client(kFarEnd, "wild", kFin | kAck);
  pass(kEndWait);
  pass(kEndWait);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
}

TEST_F(DoubtfulEndTest, LoneFarFin_IsIgnored) {
  client(kFarEnd, "", kFin | kAck);
  pass(kEndWait);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
}

TEST_F(TableTest, FinOfAConnectionThatSaidNothing_IsRefutedByData) {
  handshake();
  client(0, "", kFin | kAck);
  client(0, "all the same");
  finish();
  EXPECT_EQ(streams_.all, Strings{"all the same<shutdown>"});
  EXPECT_EQ(table_.counters().reopened.get(), 1U);
}

TEST_F(DoubtfulEndTest, ForgedFinBelievedForLackOfAnAcknowledgement_DataOpensTheStreamAgain) {
  client(3, "", kFin | kAck);
  pass(std::chrono::minutes(1));
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<fin>", "<mid>def<shutdown>"}));
  EXPECT_EQ(table_.counters().reopened.get(), 1U);
}

TEST_F(DoubtfulEndTest, ForgedFinAhead_TheSenderIsHeardWhereItGoesOn) {
  client(500'000, "", kFin | kAck);
  pass(kEndWait);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<gap 499997><fin>", "<mid><break>def<shutdown>"}));
}

TEST_F(DoubtfulEndTest, ForgedFinAndItsAcknowledgement_DataOpensTheStreamAgain) {
  client(3, "", kFin | kAck);
  server(0, "", kAck, 4);
  client(3, "def");
  client(6, "ghi");
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<fin>", "<mid>defghi<shutdown>"}));
  EXPECT_EQ(table_.counters().discarded_after_end.get(), 0U);
}

TEST_F(DoubtfulEndTest, SentAgainBehindAnAcknowledgedFin_IsADuplicate) {
  client(3, "", kFin | kAck);
  server(0, "", kAck, 4);
  client(0, "abc", kFin | kAck);
  pass(std::chrono::minutes(1));
  client(0, "abc", kFin | kAck);
  client(3, "x");  // a keep-alive with a byte
  EXPECT_EQ(streams_.all, Strings{"abc<fin>"});
  EXPECT_EQ(table_.counters().duplicate.get(), 6U);
  EXPECT_EQ(table_.counters().discarded_after_end.get(), 1U);
}

TEST_F(DoubtfulEndTest, PortsOfAHalfClosedConnectionUsedAgain_SynLost_IsHeard) {
  client(3, "", kFin | kAck);
  server(0, "", kAck, 4);
  for (const std::uint32_t first : {3'000'000U, 0x9000'0000U, 0xf000'0000U}) {
    streams_.all.clear();
    client(first, "new");
    client(first + 3, "er", kFin | kAck);
    server(0, "", kAck, first + 6);
    EXPECT_EQ(streams_.all, Strings{"<mid>newer<fin>"}) << first;
  }
}

TEST_F(DoubtfulEndTest, ResetWithText_TextIsNoPartOfTheStream) {
  server(0, "go away", kRst | kAck, 3);
  pass(kEndWait);
  EXPECT_EQ(streams_.all, Strings{"abc<reset>"});
  EXPECT_EQ(table_.counters().discarded_reset.get(), 7U);
}

TEST_F(DoubtfulEndTest, ForgedResetWithTheExpectedNumber_AcknowledgedDataRefutesIt) {
  client(3, "", kRst);
  client(3, "def");
  EXPECT_EQ(streams_.all, Strings{"abc"});
  server(0, "", kAck, 6);
  EXPECT_EQ(streams_.all, Strings{"abcdef"});
  client(6, "ghi");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdefghi<shutdown>"});
  EXPECT_EQ(table_.counters().ignored_resets.get(), 1U);
}

TEST_F(DoubtfulEndTest, ForgedResetOfTheReceiver_AcknowledgedDataRefutesIt) {
  server(0, "", kRst);
  client(3, "def");
  server(0, "", kAck, 6);
  EXPECT_EQ(streams_.all, Strings{"abcdef"});
}

TEST_F(DoubtfulEndTest, ForgedResetAhead_DataRefutesIt) {
  client(9, "", kRst);
  client(3, "def");
  client(6, "ghi");
  client(9, "jkl");
  EXPECT_EQ(streams_.all, Strings{"abcdefghijkl"});
  EXPECT_EQ(table_.counters().ignored_resets.get(), 1U);
}

TEST_F(DoubtfulEndTest, ForgedReset_ReceiverIsNotCaptured_TheSenderGoesOn) {
  client(3, "", kRst);
  std::string talk;
  for (std::uint32_t tenth = 0; tenth < 12; ++tenth) {
    client(3 + tenth, "x");
    talk += "x";
    pass(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(streams_.all, Strings{"abc" + talk});
}

TEST_F(DoubtfulEndTest, ForgedReset_OneSegmentAndSilence_ItComesOut) {
  client(3, "", kRst);
  client(3, "def");
  pass(kEndWait);
  EXPECT_EQ(streams_.all, Strings{"abcdef"});
}

TEST_F(DoubtfulEndTest, ResetOfTheReceiver_WhatWasUnderWayIsDiscarded) {
  server(0, "", kRst);
  client(3, "def");
  server(0, "", kRst);
  pass(kEndWait);
  EXPECT_EQ(streams_.all, Strings{"abc<reset>"});
  EXPECT_EQ(table_.counters().discarded_after_end.get(), 3U);
}

TEST_F(DoubtfulEndTest, ResetBehindAHole_TheHoleIsAGap) {
  client(6, "ghi");
  client(9, "", kRst);
  pass(kEndWait);
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi<reset>"});
}

TEST_F(DoubtfulEndTest, EndWhileAFarSegmentIsHeld_ItIsCounted) {
  client(kFarEnd, "wild");
  client(3, "", kFin | kAck);
  server(0, "", kAck, 4);
  EXPECT_EQ(streams_.all, Strings{"abc<fin>"});
  EXPECT_EQ(table_.counters().buffered.get(), 0U);
  EXPECT_EQ(table_.counters().outside_window.get(), 4U);
}

TEST_F(DoubtfulEndTest, LostFinAcknowledgedBehindAHole_ItsNumberIsNoMissingByte) {
  client(6, "ghi");
  server(0, "", kAck, 10);
  pass(std::chrono::milliseconds(60));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi"});
}

}  // namespace
}  // namespace logsniffd::tcp::test
