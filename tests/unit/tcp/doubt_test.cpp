#include "daemon/tcp/connection_table.hpp"

#include "tests/unit/tcp/table_fixture.hpp"

// Untrue packets: forged, damaged, or of another connection; and true packets after the capture missed a lot.
namespace logsniffd::tcp::test {
namespace {

using Strings = std::vector<std::string>;

constexpr std::uint32_t kFar = 16 << 20;
constexpr auto kHoleWait = std::chrono::milliseconds(2100);

class DoubtTest : public TableTest {
 protected:
  void SetUp() override {
    handshake();
    client(0, "abc");
  }
};

TEST_F(DoubtTest, LoneFarSegment_TheStreamDoesNotJump) {
  client(kFar, "wild");
  pass(kHoleWait);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().outside_window.get(), 4U);
}

TEST_F(DoubtTest, CopyOfALoneFarSegment_ConfirmsNothing) {
  client(kFar, "wild");
  client(kFar, "wild");
  pass(kHoleWait);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
}

TEST_F(DoubtTest, FarSegmentAndItsSuccessor_TheCaptureMissedMuch) {
  client(kFar, "tail\n");
  client(kFar + 5, "next\n");
  pass(kHoleWait);
  client(kFar + 10, "more\n");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap " + std::to_string(kFar - 3) + ">tail\nnext\nmore\n<shutdown>"});
  EXPECT_EQ(table_.counters().outside_window.get(), 0U);
}

TEST_F(DoubtTest, SlowSenderAfterAnOutage_ItsSecondSegmentConfirms) {
  client(kFar, "one\n");
  pass(std::chrono::minutes(1));
  client(kFar + 4, "two\n");
  pass(kHoleWait);
  EXPECT_EQ(streams_.all, Strings{"abc<gap " + std::to_string(kFar - 3) + ">one\ntwo\n"});
}

TEST_F(DoubtTest, FarSegmentAcknowledged_IsTakenAfterTheGrace) {
  client(kFar, "tail");
  server(0, "", kAck, kFar + 4);
  pass(std::chrono::milliseconds(60));
  EXPECT_EQ(streams_.all, Strings{"abc<gap " + std::to_string(kFar - 3) + ">tail"});
}

TEST_F(DoubtTest, ThreeGigabytesMissed_TheStreamIsPickedUpAgain) {
  const std::uint32_t behind = 3'000'000'000U;
  client(behind, "tail\n");
  client(behind + 5, "next\n");
  pass(kHoleWait);
  EXPECT_EQ(streams_.all, Strings{"abc<gap 2999999997>tail\nnext\n"});
}

TEST_F(DoubtTest, LoneFarAcknowledgement_IsNoGap) {
  server(0, "", kAck, 500'000'000);
  pass(kHoleWait);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().doubted_acks.get(), 1U);
}

TEST_F(DoubtTest, CopyOfALoneFarAcknowledgement_ConfirmsNothing) {
  server(0, "", kAck, 500'000'000);
  server(0, "", kAck, 500'000'000);
  pass(kHoleWait);
  EXPECT_EQ(streams_.all, Strings{"abc"});
}

TEST_F(DoubtTest, TwoFarAcknowledgements_AreNoGap) {
  server(0, "", kAck, 500'000'000);
  server(0, "", kAck, 500'001'000);
  pass(kHoleWait);
  client(3, "def");
  EXPECT_EQ(streams_.all, Strings{"abcdef"});
  EXPECT_EQ(table_.counters().doubted_acks.get(), 2U);
}

TEST_F(DoubtTest, StreamLedAstray_ReturnsToItsSender) {
  client(kFar, "forged");
  client(kFar + 6, "forged");
  pass(kHoleWait);
  std::uint32_t at = 3;
  for (int tenth = 0; tenth < 30; ++tenth) {
    client(at, "line\n");
    at += 5;
    pass(std::chrono::milliseconds(100));
  }
  finish();
  const StreamCounters& c = table_.counters();
  EXPECT_EQ(c.returns.get(), 1U);
  EXPECT_EQ(c.late.get(), 0U);
  EXPECT_EQ(c.recovered.get(), 30U * 5);
  std::string lines;
  for (int tenth = 0; tenth < 30; ++tenth) lines += "line\n";
  EXPECT_EQ(streams_.all,
            Strings{"abc<gap " + std::to_string(kFar - 3) + ">forgedforged<break>" + lines + "<shutdown>"});
}

TEST_F(DoubtTest, SenderTalksOnInAnOrdinaryGap_ItIsHeardThere) {
  client(1000, "behind");
  pass(kHoleWait);
  std::string talk;
  for (std::uint32_t at = 3; at < 100; ++at) {
    client(at, "x");
    talk += "x";
    pass(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(table_.counters().returns.get(), 1U);
  EXPECT_EQ(table_.counters().late.get(), 0U);
  EXPECT_EQ(streams_.all, Strings{"abc<gap 997>behind<break>" + talk});
}

TEST_F(DoubtTest, SenderTalksOnAtBothPlaces_LateBytesStayLate) {
  client(100, "behind");
  pass(kHoleWait);
  client(106, "more");
  client(3, "late");
  client(110, "more");
  client(7, "late");
  client(114, "end");
  EXPECT_EQ(table_.counters().late.get(), 8U);
  EXPECT_EQ(streams_.all, Strings{"abc<gap 97>behindmoremoreend"});
}

TEST_F(DoubtTest, TwoLateSegmentsInARow_AreHeard) {
  client(100, "behind");
  pass(kHoleWait);
  client(106, "more");
  client(3, "one");
  client(6, "two");
  client(9, "three");
  client(110, "end");
  EXPECT_EQ(table_.counters().late.get(), 3U);
  EXPECT_EQ(table_.counters().recovered.get(), 8U);
  EXPECT_EQ(streams_.all, Strings{"abc<gap 97>behindmore<break>twothree<break>end"});
}

TEST_F(DoubtTest, GapFilledLate_GoesOnBehindWhatWasHeld) {
  client(9, "ghi");
  pass(kHoleWait);
  client(3, "def");
  client(6, "DEFghijkl");
  finish();
  EXPECT_EQ(table_.counters().recovered.get(), 6U);
  EXPECT_EQ(table_.counters().duplicate.get(), 3U);
  EXPECT_EQ(streams_.all, Strings{"abc<gap 6>ghi<break>defDEF<break>jkl<shutdown>"});
}

TEST_F(TableTest, GapThatIsRead_IsForgottenForTooManyOthers) {
  client(1'000'000, "forged");  // everything before it is one gap, the first to be forgotten
  client(0, "a");
  client(1, "b");
  std::uint32_t at = 1'000'006;
  for (int gap = 0; gap < 20; ++gap) {
    client(at + 10, "0123456789");
    pass(kHoleWait);
    at += 20;
  }
  client(2, "c");
  client(3, "d");
  client(4, "e");
  client(at, "end");
  EXPECT_TRUE(streams_.all.front().ends_with("end")) << streams_.all.front();
}

TEST_F(DoubtTest, SenderIsSilentInTheGapForLong_ItMaySayMoreThere) {
  client(1000, "behind");
  pass(kHoleWait);
  client(3, "x");
  pass(std::chrono::minutes(1));
  client(4, "y");
  EXPECT_EQ(streams_.all, Strings{"abc<gap 997>behind<break>xy"});
}

TEST_F(TableTest, JoinedAtAForgedSegment_ReturnsToItsSender) {
  client(kFar, "forged");
  std::string talk;
  for (std::uint32_t at = 0; at < 30; ++at) {
    client(at, "x");
    if (at > 0) talk += "x";
    pass(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(table_.counters().returns.get(), 1U);
  EXPECT_EQ(streams_.all, Strings{"<mid>forged<break>" + talk});
}

TEST_F(TableTest, SegmentFromBeforeTheJoin_IsLateNotDuplicate) {
  client(500, "late");
  client(490, "0123456789la");
  finish();
  EXPECT_EQ(streams_.all, Strings{"<mid>late<shutdown>"});
  EXPECT_EQ(table_.counters().late.get(), 10U);
  EXPECT_EQ(table_.counters().duplicate.get(), 2U);
}

TEST_F(DoubtTest, StraySyn_ChallengedByTheServer_IsHarmless) {
  send(true, 777'000'000, 0, "", kSyn);
  server(0, "", kAck, 3);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().doubted_syns.get(), 1U);
}

TEST_F(DoubtTest, StraySynWithPayload_TheBytesAreCounted) {
  send(true, 777'000'000, 0, "forged", kSyn);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().outside_window.get(), 6U);
}

TEST_F(DoubtTest, SynAnsweredByASynAck_IsANewConnection) {
  send(true, 777'000'000, 0, "", kSyn);
  send(false, 888'000'000, 777'000'001, "", kSyn | kAck);
  send(true, 777'000'001, 888'000'001, "new", kAck);
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<replaced>", "new<shutdown>"}));
}

TEST_F(DoubtTest, SynWhoseSynAckWasLost_ConfirmedByTheNextAcknowledgement) {
  send(true, 777'000'000, 0, "", kSyn);
  send(false, 888'000'001, 777'000'010, "", kAck);
  send(true, 777'000'010, 888'000'001, "new", kAck);
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<replaced>", "<gap 9>new<shutdown>"}));
}

TEST_F(DoubtTest, SynAckOfAConnectionWhoseSynWasLost_ConfirmedByTheClient) {
  send(false, 888'000'000, 777'000'001, "", kSyn | kAck);
  send(true, 777'000'001, 888'000'001, "new", kAck);
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<replaced>", "<mid>new<shutdown>"}));
}

TEST_F(TableTest, OneDirectionOnly_SynConfirmedByItsOwnData) {
  client(0, "abc");
  send(true, 777'000'000, 0, "", kSyn);
  send(true, 777'000'001, 0, "new", kAck);
  finish();
  EXPECT_EQ(streams_.all, (Strings{"<mid>abc<replaced>", "new<shutdown>"}));
}

TEST_F(DoubtTest, SynOnAClosedConnection_IsANewOneAtOnce) {
  client(3, "", kFin | kAck);
  server(0, "", kFin | kAck, 4);
  client(4, "", kAck, 1);
  send(true, kClientIsn, 0, "", kSyn);  // also with the same number
  client(0, "again");
  finish();
  EXPECT_EQ(streams_.all, (Strings{"abc<fin>", "again<shutdown>"}));
}

TEST_F(DoubtTest, AcknowledgementAlone_NeverMovesTheStream) {
  server(0, "", kAck, 1'000'000);
  pass(kHoleWait);
  client(3, "def");
  server(0, "", kAck, 9);  // acknowledges the next line early
  pass(std::chrono::milliseconds(500));
  client(6, "ghi");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdefghi<shutdown>"});
  EXPECT_EQ(table_.counters().gap_bytes.get(), 0U);
}

TEST_F(DoubtTest, AcknowledgedAndNeverSeen_IsAGapAtTheEnd) {
  server(0, "", kAck, 20);
  pass(std::chrono::minutes(1));
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 17><shutdown>"});
}

TEST_F(DoubtTest, EachAcknowledgementBeforeItsData_NothingIsLost) {
  std::string talk;
  for (std::uint32_t at = 3; at < 203; ++at) {
    server(0, "", kAck, at + 1);
    pass(std::chrono::milliseconds(60));
    client(at, "x");
    talk += "x";
  }
  EXPECT_EQ(streams_.all, Strings{"abc" + talk});
}

TEST_F(DoubtTest, ForgedSegmentWhereTheSenderComesToLater_IsJoinedToNothing) {
  client(6, "XYZ");
  client(3, "defghijkl");
  EXPECT_EQ(streams_.all, Strings{"abcdef<break>XYZ<break>jkl"});
  EXPECT_EQ(table_.counters().conflicts.get(), 1U);
}

TEST_F(DoubtTest, ForgedSegmentInsideAHeldOne_IsJoinedToNothing) {
  client(8, "XX");
  client(6, "ghijkl");
  client(3, "def");
  EXPECT_EQ(streams_.all, Strings{"abcdefgh<break>XX<break><break>kl<break>"});
}

TEST_F(DoubtTest, ForgedBytesHeldWhereTheSenderComesTo_ItIsHeardBehindTheComparedOnes) {
  client(6, "XXXXXXXXXXXXXXX");
  client(3, "defg");
  client(7, "hijk");
  client(11, "lmno");
  EXPECT_EQ(streams_.all, Strings{"abcdef<break>XXXXXXXXXXXXXXX<break><break>hijklmno"});
  EXPECT_EQ(table_.counters().conflicts.get(), 1U);
}

TEST_F(DoubtTest, ForgedBytesBelievedBehindAHole_TheSenderIsHeardInTheirPlace) {
  client(6, "XXXXXXXXXXXXXXX");
  pass(kHoleWait);
  client(3, "defg");  // overlaps the forged bytes
  client(7, "hijk");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>XXXXXXXXXXXXXXX<break>defghijk<shutdown>"});
}

TEST_F(DoubtTest, ForgedBytesBelievedBehindAHole_TheSenderBeginsWithTheirPlace) {
  client(6, "XXXXXXXXXXXXXXX");
  pass(kHoleWait);
  client(3, "def");
  client(6, "ghi");
  client(9, "jkl");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>XXXXXXXXXXXXXXX<break>def<break><break>ghijkl<shutdown>"});
}

TEST_F(DoubtTest, TrueBytesBelievedBehindAHole_SentAgainAreDuplicates) {
  client(6, "ghi");
  client(9, "jkl");
  pass(kHoleWait);
  client(3, "defghi");
  client(9, "jkl");
  client(12, "mno");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghijkl<break>def<break>mno<shutdown>"});
  EXPECT_EQ(table_.counters().duplicate.get(), 6U);
}

TEST_F(DoubtTest, HeldBytes_KeepTheTimeOfTheirCapture) {
  const PacketTime held_at = now_ + std::chrono::microseconds(10);
  client(6, "ghi");
  pass(std::chrono::seconds(1));
  client(3, "def");
  EXPECT_EQ(streams_.last_bytes_at, held_at);
}

TEST_F(TableTest, QuietAfterTheHandshake_StillFromItsFirstByte) {
  handshake();
  pass(std::chrono::minutes(4));
  client(0, "first");
  finish();
  EXPECT_EQ(streams_.all, Strings{"first<shutdown>"});
}

TEST_F(TableTest, SynAlone_IsForgottenSoon) {
  send(true, kClientIsn, 0, "", kSyn);
  pass(std::chrono::seconds(31));
  EXPECT_EQ(table_.counters().connections_open.get(), 0U);
}

TEST_F(TableTest, SynCapturedBehindItsData_IsNoNewConnection) {
  client(0, "abc");
  send(true, kClientIsn, 0, "", kSyn);
  send(false, kServerIsn, kClientIsn + 1, "", kSyn | kAck);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"<mid>abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().doubted_syns.get(), 0U);
}

TEST_F(TableTest, SynOvertakenByTheAnswer_IsNoNewConnection) {
  server(0, "welcome", kAck, 0);
  send(true, kClientIsn, 0, "", kSyn);
  client(0, "hello");
  server(7, " back", kAck, 5);
  finish();
  EXPECT_EQ(streams_.all, (std::vector<std::string>{"<mid>welcome back<shutdown>", "hello<shutdown>"}));
}

}  // namespace
}  // namespace logsniffd::tcp::test
