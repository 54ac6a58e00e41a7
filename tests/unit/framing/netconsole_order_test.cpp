#include "daemon/framing/netconsole_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/framing/netconsole_fragments.hpp"
#include "daemon/framing/netconsole_sequence.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr NetconsoleLimits kRoomy{.bytes = 8U << 20, .messages = 1000, .senders = 100};
const PacketTime kStart{1'700'000'000s};
const Flow kFlow{{*Address::parse("192.0.2.1"), 6665}, {*Address::parse("192.0.2.2"), 6666}, Transport::udp};

std::string message(std::uint64_t seq, std::string_view text, std::string_view flag = "-", std::string_view keys = {}) {
  std::string all = "6,";
  all += std::to_string(seq) + "," + std::to_string(1'000'000 + seq) + ",";
  all.append(flag).append(keys).append(";").append(text).append("\n");
  return all;
}

// A fragment has no line end.
std::string fragment(std::uint64_t seq, std::size_t offset, std::size_t total, std::string_view text) {
  const std::string keys = ",ncfrag=" + std::to_string(offset) + "/" + std::to_string(total);
  std::string all = message(seq, text, "-", keys);
  all.pop_back();
  return all;
}

class NetconsoleOrderTest : public testing::Test, public NetconsoleObserver {
 protected:
  explicit NetconsoleOrderTest(NetconsoleLimits limits = kRoomy) : order_(limits) {}

  void TearDown() override {
    expect_sum();
    order_.finish(*this);
    expect_sum();
    EXPECT_EQ(counters().held.get(), 0U);
    EXPECT_EQ(counters().memory_bytes.get(), 0U);
  }
  void expect_sum() { EXPECT_EQ(unaccounted(counters()), 0); }

  // Returns the output, each line with its integrity if it is not whole.
  Lines add(const std::string& datagram, PacketTime at = kStart, const Flow& flow = kFlow, bool cut_short = false) {
    const std::vector<std::uint8_t> exact(datagram.begin(), datagram.end());  // a sanitizer sees its end
    EXPECT_TRUE(order_.add({.flow = flow, .seen_at = at, .interface = 3}, exact, cut_short, *this));
    return take();
  }
  Lines expire(PacketTime now) {
    order_.expire(now, *this);
    return take();
  }
  Lines finish() {
    order_.finish(*this);
    return take();
  }
  Lines take() { return std::exchange(given_, {}); }
  [[nodiscard]] const NetconsoleCounters& counters() const { return order_.counters(); }

  NetconsoleOrder order_;
  PacketTime last_seen_at_;

 private:
  void on_netconsole(const RecordOrigin& origin, Bytes bytes, Integrity integrity) override {
    EXPECT_TRUE(read_netconsole_header(as_text(bytes)));
    EXPECT_EQ(origin.interface, 3);
    last_seen_at_ = origin.seen_at;
    std::string line(as_text(bytes));
    if (integrity != Integrity::whole) line += " (" + std::string(to_string(integrity)) + ")";
    given_.push_back(line);
  }
  Lines given_;
};

std::string with(std::string line, std::string_view integrity) { return line.append(" (").append(integrity) + ")"; }

TEST_F(NetconsoleOrderTest, InOrder_PassesThrough) {
  for (std::uint64_t seq = 10; seq < 200; ++seq) EXPECT_EQ(add(message(seq, "x")), Lines{message(seq, "x")});
  EXPECT_EQ(counters().records.get(), 190U);
  EXPECT_EQ(counters().sender_missing.get(), 0U);
  EXPECT_EQ(order_.expire_within(kStart), std::nullopt);
}

TEST_F(NetconsoleOrderTest, NotNetconsole_IsRefusedAndCountsNothing) {
  for (const std::string_view text : {"", "6", "text", "6,7,8,-", "192,7,8,-;", "6,7,8,x;", "06,7,8,-;"}) {
    EXPECT_FALSE(order_.add({.flow = kFlow, .seen_at = kStart, .interface = 3}, as_bytes(text), false, *this)) << text;
  }
  EXPECT_EQ(counters().datagrams.get(), 0U);
}

TEST_F(NetconsoleOrderTest, CutBySnapshotLength_IsTruncated) {
  EXPECT_EQ(add(message(1, "hal"), kStart, kFlow, true), Lines{with(message(1, "hal"), "truncated")});
}

TEST_F(NetconsoleOrderTest, Reordered_IsPutRight) {
  static_cast<void>(add(message(1, "a")));
  EXPECT_EQ(add(message(4, "d")), Lines{});
  EXPECT_EQ(add(message(3, "c")), Lines{});
  EXPECT_EQ(add(message(2, "b")), (Lines{message(2, "b"), message(3, "c"), message(4, "d")}));
  EXPECT_EQ(counters().sender_missing.get(), 0U);
}

TEST_F(NetconsoleOrderTest, Hole_IsGivenUpInTimeAndTheNextRecordTells) {
  static_cast<void>(add(message(1, "a")));
  EXPECT_EQ(add(message(4, "d")), Lines{});
  EXPECT_EQ(expire(kStart + kNetconsoleWait), Lines{});
  EXPECT_EQ(expire(kStart + kNetconsoleWait + 1ns), Lines{message(4, "d", "-", ",missing_before=2")});
  EXPECT_EQ(add(message(5, "e")), Lines{message(5, "e")});
  EXPECT_EQ(counters().sender_missing.get(), 2U);
}

TEST_F(NetconsoleOrderTest, Hole_IsGivenUpAtTheEnd) {
  static_cast<void>(add(message(1, "a")));
  static_cast<void>(add(message(3, "c")));
  EXPECT_EQ(finish(), Lines{message(3, "c", "-", ",missing_before=1")});
}

TEST_F(NetconsoleOrderTest, LateAfterItWasGivenUp_IsPassedOnAndNotMissing) {
  static_cast<void>(add(message(1, "a")));
  static_cast<void>(add(message(3, "c")));
  EXPECT_EQ(expire(kStart + 1s).size(), 1U);
  EXPECT_EQ(add(message(2, "b")), Lines{message(2, "b")});
  EXPECT_EQ(counters().late.get(), 1U);
  EXPECT_EQ(counters().sender_missing.get(), 0U);
  EXPECT_EQ(add(message(2, "b")), Lines{message(2, "b")});  // a copy, like a copy of any datagram
  EXPECT_EQ(counters().late.get(), 1U);
}

TEST_F(NetconsoleOrderTest, SameNumberForEver_LosesNothing) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(add(message(0, "x")), Lines{message(0, "x")});
}

TEST_F(NetconsoleOrderTest, BehindAHole_NoMoreThanTheWindowWaits) {
  static_cast<void>(add(message(1, "a")));
  for (std::uint64_t seq = 3; seq < 3 + NetconsoleSequence::kWindow; ++seq) EXPECT_EQ(add(message(seq, "x")), Lines{});
  const Lines all = add(message(3 + NetconsoleSequence::kWindow, "x"));
  ASSERT_EQ(all.size(), NetconsoleSequence::kWindow + 1);
  EXPECT_EQ(all[0], message(3, "x", "-", ",missing_before=1"));
  EXPECT_EQ(counters().by_limit.get(), 1U);
}

TEST_F(NetconsoleOrderTest, SendersAreApart) {
  Flow other = kFlow;
  other.src.port = 6664;
  EXPECT_EQ(add(message(1, "a")).size(), 1U);
  EXPECT_EQ(add(message(900, "a"), kStart, other).size(), 1U);
  EXPECT_EQ(add(message(2, "a")).size(), 1U);
  EXPECT_EQ(add(message(901, "a"), kStart, other).size(), 1U);
}

TEST_F(NetconsoleOrderTest, Restart_IsNoLoss) {
  EXPECT_EQ(add("6,5000,99000000,-;old\n").size(), 1U);
  for (std::uint64_t seq = 0; seq < 10; ++seq) EXPECT_EQ(add(message(seq, "x")), Lines{message(seq, "x")});
  EXPECT_EQ(counters().restarts.get(), 1U);
  EXPECT_EQ(counters().sender_missing.get(), 0U);
}

TEST_F(NetconsoleOrderTest, RestartWithHigherNumbers_IsNoLoss) {
  EXPECT_EQ(add("6,50,99000000,-;old\n").size(), 1U);
  for (std::uint64_t seq = 400; seq < 410; ++seq) EXPECT_EQ(add(message(seq, "x")), Lines{message(seq, "x")});
  EXPECT_EQ(counters().restarts.get(), 1U);
  EXPECT_EQ(counters().sender_missing.get(), 0U);
}

TEST_F(NetconsoleOrderTest, OneFarNumber_MovesNothing) {
  static_cast<void>(add(message(5000, "a")));
  for (const std::uint64_t far : {std::uint64_t{3}, ~std::uint64_t{0}, std::uint64_t{1} << 40}) {
    const std::string forged = "6," + std::to_string(far) + ",9000000,-;forged\n";
    EXPECT_EQ(add(forged), Lines{forged});
  }
  EXPECT_EQ(add(message(5001, "b")), Lines{message(5001, "b")});
  EXPECT_EQ(counters().restarts.get(), 0U);
  EXPECT_EQ(counters().sender_missing.get(), 0U);
}

TEST_F(NetconsoleOrderTest, HighestNumber_IsNoEnd) {
  const std::string highest = "6,18446744073709551615,5,-;x\n";
  EXPECT_EQ(add(highest), Lines{highest});
  EXPECT_EQ(add(highest), Lines{highest});
  EXPECT_EQ(add(message(0, "y")), Lines{message(0, "y")});
}

TEST_F(NetconsoleOrderTest, FragmentsInAnyOrder_AreOneMessage) {
  std::vector<std::size_t> order{0, 1, 2};
  std::uint64_t seq = 6;
  do {
    ++seq;
    const std::vector<std::string> all{fragment(seq, 0, 31, "the first chunk,"),
                                       fragment(seq, 16, 31, " the 2nd chunk"), fragment(seq, 30, 31, "\n")};
    EXPECT_EQ(add(all[order[0]]), Lines{});
    EXPECT_EQ(add(all[order[1]], kStart + 1ms), Lines{});
    EXPECT_EQ(add(all[order[2]], kStart + 2ms), Lines{message(seq, "the first chunk, the 2nd chunk")});
    EXPECT_EQ(last_seen_at_, kStart);
  } while (std::ranges::next_permutation(order).found);
  EXPECT_EQ(counters().messages.get(), 6U);
  EXPECT_EQ(counters().merged.get(), 12U);
}

TEST_F(NetconsoleOrderTest, FragmentsReversed_AreOneMessage) {
  EXPECT_EQ(add(fragment(7, 8, 12, "cccc")), Lines{});
  EXPECT_EQ(add(fragment(7, 4, 12, "bbbb")), Lines{});
  EXPECT_EQ(add(fragment(7, 4, 12, "bbbb")), Lines{});
  EXPECT_EQ(counters().duplicate.get(), 1U);
  EXPECT_EQ(add(fragment(7, 0, 12, "aaaa")), Lines{"6,7,1000007,-;aaaabbbbcccc"});
}

TEST_F(NetconsoleOrderTest, FragmentsWithReleaseAndCaller_KeepTheHeader) {
  EXPECT_EQ(add("6.4.0,6,416,1758426,-,caller=T1,ncfrag=0/33;the first chunk,the "), Lines{});
  EXPECT_EQ(add("6.4.0,6,416,1758426,-,caller=T1,ncfrag=20/33;second chunk."),
            Lines{"6.4.0,6,416,1758426,-,caller=T1;the first chunk,the second chunk."});
}

TEST_F(NetconsoleOrderTest, FragmentMissing_PiecesAreApartAndMarked) {
  static_cast<void>(add(fragment(7, 0, 20, "aaaa")));
  static_cast<void>(add(fragment(7, 4, 20, "bbbb")));
  static_cast<void>(add(fragment(7, 12, 20, "dddd")));
  EXPECT_EQ(expire(kStart + 1s),
            (Lines{with(fragment(7, 0, 20, "aaaabbbb"), "gap"), with(fragment(7, 12, 20, "dddd"), "gap")}));
  EXPECT_EQ(counters().incomplete.get(), 1U);
  EXPECT_EQ(counters().merged.get(), 1U);
  EXPECT_EQ(add(fragment(7, 8, 20, "cccc")), Lines{with(fragment(7, 8, 20, "cccc"), "gap")});
  EXPECT_EQ(add(message(8, "next")), Lines{message(8, "next")});
}

TEST_F(NetconsoleOrderTest, FragmentWaits_LaterMessagesKeepTheirPlace) {
  static_cast<void>(add(fragment(7, 0, 8, "aaaa")));
  EXPECT_EQ(add(message(8, "next")), Lines{});
  EXPECT_EQ(add(fragment(7, 4, 8, "bbbb")), (Lines{"6,7,1000007,-;aaaabbbb", message(8, "next")}));
}

TEST_F(NetconsoleOrderTest, ContradictingFragments_ArePassedOnAndLeaveTheMessage) {
  static_cast<void>(add(fragment(7, 0, 8, "aaaa")));
  const Lines wrong{fragment(7, 0, 8, "xxxx"),  // other bytes
                    fragment(7, 2, 8, "xxxx"),  // an overlap
                    fragment(7, 4, 9, "xxxx"),  // another length
                    "5,7,1000007,-,ncfrag=4/8;bbbb"};
  for (const std::string& each : wrong) EXPECT_EQ(add(each), Lines{with(each, "gap")});
  EXPECT_EQ(counters().malformed.get(), wrong.size());
  EXPECT_EQ(add(fragment(7, 4, 8, "bbbb")), Lines{"6,7,1000007,-;aaaabbbb"});
}

TEST_F(NetconsoleOrderTest, ImpossibleFragments_ArePassedOnInTheirPlace) {
  std::uint64_t seq = 7;
  for (const std::string keys : {",ncfrag=8/8", ",ncfrag=6/8", ",ncfrag=", ",ncfrag=1", ",ncfrag=0/", ",ncfrag=a/8",
                                 ",ncfrag=0/65537", ",ncfrag=00/8", ",ncfrag=0/99999999999"}) {
    EXPECT_EQ(add(message(seq, "aaa", "-", keys)), Lines{with(message(seq, "aaa", "-", keys), "gap")}) << keys;
    ++seq;
  }
  EXPECT_EQ(counters().malformed.get(), 9U);
  EXPECT_EQ(add(message(seq, "next")), Lines{message(seq, "next")});
}

TEST_F(NetconsoleOrderTest, Line_IsJoinedUpToTheNextMessage) {
  EXPECT_EQ(add(message(1, "mounting ", "c")), Lines{});
  EXPECT_EQ(add(message(2, "root ", "+")), Lines{});
  EXPECT_EQ(add(message(3, "done", "+")), Lines{});
  EXPECT_EQ(add(message(4, "x")), (Lines{message(1, "mounting root done", "c"), message(4, "x")}));
  EXPECT_EQ(counters().lines.get(), 1U);
}

TEST_F(NetconsoleOrderTest, LineReordered_IsPutRight) {
  static_cast<void>(add(message(1, "x")));
  static_cast<void>(add(message(4, "done", "+")));
  static_cast<void>(add(message(5, "y")));
  static_cast<void>(add(message(2, "mounting ", "c")));
  EXPECT_EQ(add(message(3, "root ", "+")), (Lines{message(2, "mounting root done", "c"), message(5, "y")}));
}

TEST_F(NetconsoleOrderTest, LineKeepsTheFirstDictionary) {
  static_cast<void>(add(message(1, "a\n cpu=1", "c")));
  static_cast<void>(add(message(2, "b\n cpu=2", "+")));
  EXPECT_EQ(finish(), Lines{message(1, "ab\n cpu=1", "c")});
}

TEST_F(NetconsoleOrderTest, LineTimeRunsFromItsLastFragment) {
  static_cast<void>(add(message(1, "a", "c")));
  EXPECT_EQ(add(message(2, "b", "+"), kStart + 400ms), Lines{});
  EXPECT_EQ(expire(kStart + 900ms), Lines{});
  EXPECT_EQ(expire(kStart + 901ms), Lines{message(1, "ab", "c")});
  EXPECT_EQ(last_seen_at_, kStart);
}

TEST_F(NetconsoleOrderTest, LineOverAHole_IsNotSpliced) {
  static_cast<void>(add(message(1, "a", "c")));
  static_cast<void>(add(message(3, "c", "+"), kStart + 1ms));
  EXPECT_EQ(expire(kStart + 1s),
            (Lines{with(message(1, "a", "c"), "gap"), with(message(3, "c", "+", ",missing_before=1"), "gap")}));
}

TEST_F(NetconsoleOrderTest, ContinuationOfNothing_IsARecordOfItsOwn) {
  EXPECT_EQ(add(message(1, "b", "+")), Lines{with(message(1, "b", "+"), "joined_late")});
  EXPECT_EQ(add(message(2, "x")), Lines{message(2, "x")});
  EXPECT_EQ(add(message(3, "y", "+")), Lines{with(message(3, "y", "+"), "gap")});
}

TEST_F(NetconsoleOrderTest, ContinuationOfAnotherCaller_IsNotJoined) {
  static_cast<void>(add(message(1, "a", "c", ",caller=T1")));
  EXPECT_EQ(add(message(2, "b", "+", ",caller=T2")),
            (Lines{message(1, "a", "c", ",caller=T1"), with(message(2, "b", "+", ",caller=T2"), "gap")}));
}

TEST_F(NetconsoleOrderTest, SecondStartOfALine_BeginsAnew) {
  static_cast<void>(add(message(1, "a", "c")));
  EXPECT_EQ(add(message(2, "b", "c")), Lines{message(1, "a", "c")});
}

TEST_F(NetconsoleOrderTest, LineTooLong_IsTruncated) {
  static_cast<void>(add(message(1, "a", "c")));
  const std::string more(kMaxNetconsoleMessage / 2, 'b');
  EXPECT_EQ(add(message(2, more, "+")), Lines{});
  const Lines line = add(message(3, more, "+"));
  ASSERT_EQ(line.size(), 1U);
  EXPECT_EQ(line[0].substr(kMaxNetconsoleMessage), "\n (truncated)");
}

TEST_F(NetconsoleOrderTest, LookAtTheClockLiesFarBehindTheMessages_NothingExpires) {
  static_cast<void>(add(fragment(1, 0, 8, "aaaa")));
  EXPECT_EQ(expire(kStart - 1s), Lines{});
  EXPECT_EQ(expire(kStart + 1s).size(), 1U);
}

TEST_F(NetconsoleOrderTest, ExpireWithin_IsWhatIsLeft) {
  static_cast<void>(add(fragment(1, 0, 8, "aaaa")));
  EXPECT_EQ(order_.expire_within(kStart + 400ms), kNetconsoleWait - 400ms + 1ns);
  EXPECT_EQ(order_.expire_within(kStart + 1h), 0ns);
}

class SmallNetconsoleOrderTest : public NetconsoleOrderTest {
 protected:
  static constexpr NetconsoleLimits kSmall{.bytes = 64 * 1024, .messages = 3, .senders = 2};
  SmallNetconsoleOrderTest() : NetconsoleOrderTest(kSmall) {}
  static Flow from(std::uint16_t port) {
    Flow flow = kFlow;
    flow.src.port = port;
    return flow;
  }
};

TEST_F(SmallNetconsoleOrderTest, TooManyMessages_TheOldestIsGivenOut) {
  static_cast<void>(add(fragment(1, 0, 8, "aaaa")));
  static_cast<void>(add(fragment(2, 0, 8, "bbbb")));
  static_cast<void>(add(fragment(3, 0, 8, "cccc")));
  EXPECT_EQ(add(fragment(4, 0, 8, "dddd")), Lines{with(fragment(1, 0, 8, "aaaa"), "gap")});
  EXPECT_EQ(counters().by_limit.get(), 1U);
}

TEST_F(SmallNetconsoleOrderTest, TooManyBytes_TheOldestIsGivenOut) {
  const std::string half(30'000, 'x');
  static_cast<void>(add(fragment(1, 0, 60'000, half)));
  EXPECT_EQ(add(fragment(2, 0, 60'000, half)).size(), 0U);
  EXPECT_EQ(add(fragment(3, 0, 60'000, half)).size(), 1U);
  EXPECT_LE(counters().memory_bytes.get(), kSmall.bytes);
}

TEST_F(SmallNetconsoleOrderTest, TooManySenders_TheQuietestIsForgottenAndWhatItLeftGivenOut) {
  static_cast<void>(add(fragment(1, 0, 8, "aaaa"), kStart, from(1)));
  static_cast<void>(add(message(1, "x"), kStart, from(2)));
  EXPECT_EQ(add(message(1, "y"), kStart, from(3)), (Lines{with(fragment(1, 0, 8, "aaaa"), "gap"), message(1, "y")}));
  EXPECT_EQ(add(message(2, "x"), kStart, from(2)), Lines{message(2, "x")});
}

TEST_F(SmallNetconsoleOrderTest, LowerLimit_IsKeptAsSoonAsMoreIsAdded) {
  static_cast<void>(add(fragment(1, 0, 8, "aaaa")));
  static_cast<void>(add(fragment(2, 0, 8, "bbbb")));
  order_.set_limits({.bytes = 64 * 1024, .messages = 1, .senders = 2});
  EXPECT_EQ(add(fragment(3, 0, 8, "cccc")).size(), 2U);
}

class FloodedNetconsoleOrderTest : public NetconsoleOrderTest {
 protected:
  FloodedNetconsoleOrderTest() : NetconsoleOrderTest({.bytes = 64 * 1024, .messages = 40, .senders = 1000}) {}
};

TEST_F(FloodedNetconsoleOrderTest, OneAddressFloods_TheOthersKeepTheirPlaces) {
  static_cast<void>(add(fragment(1, 0, 8, "aaaa")));
  Flow flood = kFlow;
  flood.src.address = *Address::parse("192.0.2.66");
  for (std::uint16_t port = 1; port <= 200; ++port) {
    flood.src.port = port;
    for (const std::string& given : add(fragment(1, 0, 8, "xxxx"), kStart, flood))
      EXPECT_NE(given.find("xxxx"), given.npos);
  }
  EXPECT_GT(counters().by_share.get(), 0U);
  const Lines whole = add(fragment(1, 4, 8, "bbbb"));
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_NE(whole[0].find(";aaaabbbb"), std::string::npos);
}

}  // namespace
}  // namespace logsniffd::framing
