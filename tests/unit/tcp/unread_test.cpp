// Bytes that stay unread are reported once, with their connection. Bytes that are or were read are never reported.
#include <gmock/gmock.h>

#include "tests/unit/tcp/table_fixture.hpp"

namespace logsniffd::tcp {
namespace {

using test::TableTest;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kHoleWait = std::chrono::milliseconds(2100);
constexpr std::uint32_t kFar = 5'000'000;

TEST_F(TableTest, CopiesKeepAlivesAndHolesThatFill_NothingIsUnread) {
  handshake();
  client(0, "abc");
  client(0, "abc");
  client(2, "c");
  client(6, "ghi");
  client(3, "defghi");
  client(9, "", kFin | kAck);
  server(0, "", kAck, 10);
  client(9, "x");  // a keep-alive after the end
  finish();
  EXPECT_THAT(streams_.unread, IsEmpty());
}

TEST_F(TableTest, BytesBehindTheirGap_AreToldAsLateOfTheOpenStream) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  pass(kHoleWait);
  client(9, "jkl");
  client(3, "def");
  EXPECT_THAT(streams_.unread, ElementsAre("40000 3 late"));
}

TEST_F(TableTest, BytesOfAGapOfAStreamThatHasEnded_AreToldAsLateOfNoOpenStream) {
  handshake();
  client(0, "abc");
  client(6, "ghi");
  pass(kHoleWait);
  client(9, "jkl", kFin | kAck);
  server(0, "", kAck, 13);
  client(3, "def");
  EXPECT_THAT(streams_.unread, ElementsAre("40000 3 late, of no open stream"));
}

TEST_F(TableTest, LoneFarSegment_IsToldOnceTheStreamGoesOnWithoutIt) {
  handshake();
  client(0, "abc");
  client(kFar, "wild");
  pass(kHoleWait);
  EXPECT_THAT(streams_.unread, IsEmpty());
  client(3, "def");
  EXPECT_THAT(streams_.unread, ElementsAre("40000 4 outside_window"));
}

TEST_F(TableTest, PayloadOfASynThatDoesNotBelong_IsToldOfNoOpenStream) {
  handshake();
  client(0, "abc");
  send(true, 777'000'000, 0, "forged", kSyn);
  EXPECT_THAT(streams_.unread, ElementsAre("40000 6 outside_window, of no open stream"));
}

TEST_F(TableTest, SynThatDoesNotBelongWithoutPayload_TellsNothing) {
  handshake();
  client(0, "abc");
  send(true, 777'000'000, 0, "", kSyn);
  EXPECT_THAT(streams_.unread, IsEmpty());
}

TEST_F(TableTest, UnderWayWhenTheReceiverReset_IsToldAsAfterTheEnd) {
  handshake();
  client(0, "abc");
  server(0, "", kRst);
  client(3, "def");
  server(0, "", kRst);
  pass(kHoleWait);
  EXPECT_THAT(streams_.unread, ElementsAre("40000 3 after_end"));
  EXPECT_EQ(table_.counters().discarded_after_end.get(), 3U);
}

}  // namespace
}  // namespace logsniffd::tcp
