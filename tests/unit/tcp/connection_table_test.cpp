#include "daemon/tcp/connection_table.hpp"

#include "tests/unit/tcp/table_fixture.hpp"

namespace logsniffd::tcp::test {
namespace {

using Strings = std::vector<std::string>;

TEST_F(TableTest, InOrder_BytesThenFin) {
  handshake();
  client(0, "hello ");
  client(6, "world");
  client(11, "", kFin | kAck);
  server(0, "", kAck, 12);
  EXPECT_EQ(streams_.all, Strings{"hello world<fin>"});
}

TEST_F(TableTest, BothDirections_AreStreamsOfTheirOwn) {
  handshake();
  client(0, "ping");
  server(0, "pong");
  finish();
  EXPECT_EQ(streams_.all, (Strings{"ping<shutdown>", "pong<shutdown>"}));
  EXPECT_EQ(streams_.flows[0].dst, server_);
  EXPECT_EQ(streams_.flows[1].src, server_);
}

TEST_F(TableTest, OutOfOrder_Restored) {
  handshake();
  client(6, "world");
  client(12, "!");
  client(0, "hello ");
  client(11, ",");
  finish();
  EXPECT_EQ(streams_.all, Strings{"hello world,!<shutdown>"});
  EXPECT_EQ(table_.counters().gaps.get(), 0U);
}

TEST_F(TableTest, Retransmission_DeliveredOnce) {
  handshake();
  client(0, "hello");
  client(0, "hello");
  client(3, "lo world");
  finish();
  EXPECT_EQ(streams_.all, Strings{"hello world<shutdown>"});
  EXPECT_EQ(table_.counters().duplicate.get(), 7U);
}

TEST_F(TableTest, KeepAliveWithOneOldByte_IsDuplicate) {
  handshake();
  client(0, "hello");
  client(4, "x");
  client(5, " world");
  finish();
  EXPECT_EQ(streams_.all, Strings{"hello world<shutdown>"});
}

TEST_F(TableTest, OverlapWithDifferentBytes_FirstWinsAndIsCounted) {
  handshake();
  client(2, "CDE");
  client(0, "abcdef");
  finish();
  EXPECT_EQ(streams_.all, Strings{"ab<break>CDE<break>f<shutdown>"});
  EXPECT_EQ(table_.counters().conflicts.get(), 1U);
}

TEST_F(TableTest, HeldPieceCoversSeveral_OnlyNewBytesAreHeld) {
  handshake();
  client(5, "56");
  client(9, "9");
  client(4, "456789AB");
  client(0, "0123");
  finish();
  EXPECT_EQ(streams_.all, Strings{"0123456789AB<shutdown>"});
  EXPECT_EQ(table_.counters().conflicts.get(), 0U);
}

TEST_F(TableTest, MidStream_JoinsAtTheFirstPayload) {
  client(500, "late");
  client(504, "r");
  finish();
  EXPECT_EQ(streams_.all, Strings{"<mid>later<shutdown>"});
}

TEST_F(TableTest, SequenceNumbersWrap_StreamGoesOn) {
  send(true, 0xffff'fffd, 0, "", kSyn);
  send(true, 0xffff'fffe, 0, "ab", kAck);
  send(true, 0x0000'0002, 0, "ef", kAck);
  send(true, 0x0000'0000, 0, "cd", kAck);
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
}

TEST_F(TableTest, PayloadInSyn_IsTheBeginning) {
  send(true, kClientIsn, 0, "fast ", kSyn);
  client(5, "open");
  finish();
  EXPECT_EQ(streams_.all, Strings{"fast open<shutdown>"});
}

TEST_F(TableTest, Hole_IsWaitedForThenAGap) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  pass(std::chrono::milliseconds(1900));
  EXPECT_EQ(streams_.all, Strings{"abc"});
  pass(std::chrono::milliseconds(200));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi"});
  client(9, "jkl");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghijkl<shutdown>"});
}

TEST_F(TableTest, AcknowledgedHole_IsGivenUpAfterTheGrace) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  server(0, "", kAck, 9);
  pass(std::chrono::milliseconds(40));
  EXPECT_EQ(streams_.all, Strings{"abc"});
  pass(std::chrono::milliseconds(20));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi"});
}

TEST_F(TableTest, TwoHolesAcknowledgedAtOnce_ShareTheGrace) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  client(12, "mno");
  server(0, "", kAck, 15);
  pass(std::chrono::milliseconds(60));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi<gap 3>mno"});
}

TEST_F(TableTest, HoleAcknowledgedLater_HasAGraceOfItsOwn) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  server(0, "", kAck, 9);
  pass(std::chrono::milliseconds(40));
  client(12, "mno");
  server(0, "", kAck, 15);
  pass(std::chrono::milliseconds(20));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi"});
  pass(std::chrono::milliseconds(50));
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi<gap 3>mno"});
}

TEST_F(TableTest, FloodOfHoles_IsGivenUpInSeveralCalls) {
  constexpr int kHoles = 100;
  for (std::uint16_t i = 0; i < kHoles; ++i) {
    client_ = host(1, static_cast<std::uint16_t>(40000 + i));
    handshake();
    client(1, "behind a hole");
  }
  pass(std::chrono::seconds(3));
  EXPECT_GT(table_.counters().gaps.get(), 0U);
  EXPECT_LT(table_.counters().gaps.get(), kHoles);
  EXPECT_EQ(table_.advance_within(), Duration::zero());
  client(14, ", and on");  // a packet continues the work, too
  pass(std::chrono::seconds(0));
  EXPECT_EQ(table_.counters().gaps.get(), kHoles);
  EXPECT_GT(table_.advance_within(), Duration::zero());
  finish();
}

TEST_F(TableTest, AckCapturedBeforeItsData_NoGap) {
  handshake();
  client(0, "abc");
  server(0, "", kAck, 6);
  client(3, "def");
  pass(std::chrono::seconds(10));
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().gaps.get(), 0U);
}

TEST_F(TableTest, LateSegmentAfterItsGap_IsNotSpliced) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  pass(std::chrono::seconds(3));
  client(3, "def");
  client(0, "abc");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 3>ghi<break>def<break><shutdown>"});
  EXPECT_EQ(table_.counters().recovered.get(), 3U);
  EXPECT_EQ(table_.counters().duplicate.get(), 3U);
}

TEST_F(TableTest, PerConnectionLimit_OldestHoleIsGivenUp) {
  handshake();
  client(0, "a");
  const std::string block(32 * 1024, 'x');
  client(2, block);
  client(2 + 32 * 1024 + 1, block);
  finish();
  EXPECT_EQ(streams_.gap_bytes, 2U);
  EXPECT_EQ(table_.counters().gave_up_bytes.get(), 1U);
}

TEST_F(TableTest, SnapshotCut_IsAGapAtOnce) {
  handshake();
  send(true, kClientIsn + 1, kServerIsn + 1, "abc", kAck, 4);
  client(7, "hij");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abc<gap 4>hij<shutdown>"});
}

TEST_F(TableTest, FinWithData_EndsBehindIt) {
  handshake();
  client(0, "bye", kFin | kAck);
  server(0, "", kAck, 4);
  EXPECT_EQ(streams_.all, Strings{"bye<fin>"});
}

TEST_F(TableTest, FinBeforeMissingData_Waits) {
  handshake();
  client(3, "def", kFin | kAck);
  client(0, "abc");
  server(0, "", kAck, 7);
  EXPECT_EQ(streams_.all, Strings{"abcdef<fin>"});
}

TEST_F(TableTest, DataAfterAnEarlyFin_RefutesIt) {
  handshake();
  client(0, "abc");
  client(3, "", kFin | kAck);
  client(3, "def");
  client(6, "", kFin | kAck);
  server(0, "", kAck, 7);
  EXPECT_EQ(streams_.all, Strings{"abcdef<fin>"});
  EXPECT_EQ(table_.counters().early_fins.get(), 1U);
}

TEST_F(TableTest, OneDirectionOnly_FinEndsAfterTheWait) {
  client(0, "abc");
  client(3, "", kFin | kAck);
  pass(std::chrono::seconds(3));
  EXPECT_EQ(streams_.all, Strings{"<mid>abc<fin>"});
}

TEST_F(TableTest, Reset_EndsBothAndFlushesWhatIsHeld) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  server(0, "pong");
  server(4, "", kRst | kAck);
  pass(std::chrono::seconds(3));
  EXPECT_EQ(streams_.all, (Strings{"abc<gap 3>ghi<reset>", "pong<reset>"}));
}

TEST_F(TableTest, ResetOutsideTheWindow_IsIgnored) {
  handshake();
  client(0, "abc");
  send(true, kClientIsn + 1 + 500'000'000, 0, "", kRst);
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().ignored_resets.get(), 1U);
}

TEST_F(TableTest, ReusedPortsAfterClose_AreANewStream) {
  handshake();
  client(0, "old", kFin | kAck);
  server(0, "", kFin | kAck, 4);
  client(4, "", kAck, 1);
  send(true, 77'000, 0, "", kSyn);
  send(true, 77'001, 0, "new", kAck);
  finish();
  EXPECT_EQ(streams_.all, (Strings{"old<fin>", "new<shutdown>"}));
}

TEST_F(TableTest, CopyOfTheLastSegmentAfterClose_OpensNothing) {
  handshake();
  client(0, "old", kFin | kAck);
  server(0, "", kFin | kAck, 4);
  client(4, "", kAck, 1);
  client(0, "old", kFin | kAck);
  finish();
  EXPECT_EQ(streams_.all, Strings{"old<fin>"});
}

TEST_F(TableTest, TalkingOnAfterAResetThatWasBelieved_IsHeardAtOnce) {
  handshake();
  client(0, "abc");
  client(3, "", kRst);
  pass(std::chrono::seconds(3));
  for (std::uint32_t second = 0; second < 12; ++second) {
    client(3 + 2 * second, "xy");
    pass(std::chrono::seconds(1));
  }
  EXPECT_EQ(streams_.all, (Strings{"abc<reset>", "<mid>xyxyxyxyxyxyxyxyxyxyxyxy"}));
  EXPECT_EQ(table_.counters().discarded_after_end.get(), 0U);
}

TEST_F(TableTest, Idle_EndsAndForgets) {
  handshake();
  client(0, "abc");
  pass(std::chrono::minutes(6));
  EXPECT_EQ(streams_.all, Strings{"abc<idle>"});
  EXPECT_EQ(table_.counters().connections_open.get(), 0U);
  EXPECT_EQ(table_.counters().evicted_idle.get(), 1U);
}

TEST_F(TableTest, BusyConnection_DoesNotExpire) {
  handshake();
  for (std::uint32_t i = 0; i < 20; ++i) {
    client(i, "x");
    pass(std::chrono::minutes(1));
  }
  EXPECT_EQ(streams_.all, Strings{std::string(20, 'x')});
}

TEST_F(TableTest, Ceiling_EmbryonicGoFirstThenTheLongestSilent) {
  handshake();
  client(0, "kept");
  for (std::uint16_t port = 1; port <= 200; ++port) {  // a flood of SYNs
    client_ = host(3, port);
    send(true, kClientIsn, 0, "", kSyn);
  }
  client_ = host(1, 40000);
  client(4, " alive");
  EXPECT_EQ(streams_.all, Strings{"kept alive"});
  EXPECT_EQ(table_.counters().connections_open.get(), 100U);
  EXPECT_EQ(table_.counters().evicted_ceiling.get(), 101U);
}

TEST_F(TableTest, CeilingOfDataConnections_EvictedStreamSaysSo) {
  for (std::uint16_t port = 1; port <= 101; ++port) {
    client_ = host(3, port);
    client(0, "x");
  }
  EXPECT_EQ(streams_.all.front(), "<mid>x<evicted>");
  EXPECT_EQ(table_.counters().connections_open.get(), 100U);
}

TEST_F(TableTest, Ceiling_OneSourceFloodsWithData_OthersKeepTheirConnections) {
  for (std::uint8_t source = 10; source < 60; ++source) {
    client_ = host(source, 40000);
    client(0, "a");
  }
  for (std::uint16_t port = 1; port <= 1000; ++port) {
    client_ = host(3, port);
    client(0, "flood");
  }
  for (std::uint8_t source = 10; source < 60; ++source) {
    client_ = host(source, 40000);
    client(1, "b");
    EXPECT_EQ(streams_.all[source - 10U], "<mid>ab");
  }
  EXPECT_EQ(table_.counters().evicted_share.get(), 950U);
  EXPECT_EQ(table_.counters().evicted_ceiling.get(), 950U);
}

TEST_F(TableTest, UnwantedDirection_IsCountedAndNotHeld) {
  streams_.unwanted_ports[client_.port] = true;
  handshake();
  server(0, "nobody listens");
  server(100, "to this");
  client(0, "but to this");
  finish();
  EXPECT_EQ(streams_.all, Strings{"but to this<shutdown>"});
  EXPECT_EQ(table_.counters().discarded_unwanted.get(), 21U);
}

TEST_F(TableTest, FarOutsideTheWindow_IsCounted) {
  handshake();
  client(0, "abc");
  client(1'500'000'000, "wild");
  client(3, "def");
  finish();
  EXPECT_EQ(streams_.all, Strings{"abcdef<shutdown>"});
  EXPECT_EQ(table_.counters().outside_window.get(), 4U);
}

}  // namespace
}  // namespace logsniffd::tcp::test
