// The table of what streams lost: it is bounded, its totals are exact, and many small losses do not hide a large one.
#include "daemon/record_path/unread_streams.hpp"

#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::record_path {
namespace {

using test::endpoint;

constexpr std::uint32_t kMany = 10'000;
const Endpoint kServer = endpoint("192.0.2.1:514");

// The connection of the n-th client.
Flow flow(std::uint32_t n) {
  const std::uint8_t raw[] = {198, 18, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
  return {{Address::from_ipv4(raw), 40000}, kServer, Transport::tcp};
}

class UnreadStreamsTest : public testing::Test {
 protected:
  void lose(const Flow& of, const UnreadBytes& bytes) {
    const tcp::KeyedFlow keyed = tcp::key_of(of);
    unread_.add({0, keyed.direction}, keyed.key, bytes);
    lost_ += bytes;
  }
  UnreadReport take() {
    UnreadReport report = unread_.take();
    UnreadBytes reported = report.others;
    for (const UnreadReport::UnreadStream& stream : report.streams) reported += stream.bytes;
    EXPECT_EQ(reported, lost_);
    lost_ = {};
    return report;
  }

  UnreadStreams unread_;
  UnreadBytes lost_;
};

TEST_F(UnreadStreamsTest, NothingLost_ReportIsEmpty) { EXPECT_TRUE(take().empty()); }

TEST_F(UnreadStreamsTest, LossesOfOneStream_AreSummedByWhatBecameOfThem) {
  lose(flow(7), {.missing = 1000});
  lose(flow(7), {.missing = 234});
  lose(flow(7), UnreadBytes::of(tcp::Unread::late, 80));
  lose(flow(7), UnreadBytes::of(tcp::Unread::after_end, 5));
  lose(flow(7), UnreadBytes::of(tcp::Unread::outside_window, 6));
  const UnreadReport report = take();
  ASSERT_EQ(report.streams.size(), 1U);
  EXPECT_EQ(report.streams[0].flow, flow(7));
  EXPECT_EQ(report.streams[0].bytes, (UnreadBytes{1234, 80, 5, 6}));
  EXPECT_EQ(report.others, UnreadBytes{});
}

TEST_F(UnreadStreamsTest, BothDirectionsOfAConnection_AreTold) {
  lose(flow(7), {.missing = 2});
  lose({kServer, flow(7).src, Transport::tcp}, {.missing = 1});
  const UnreadReport report = take();
  ASSERT_EQ(report.streams.size(), 2U);
  EXPECT_EQ(report.streams[0].flow.dst, kServer);
  EXPECT_EQ(report.streams[1].flow.src, kServer);
}

TEST_F(UnreadStreamsTest, TakenOnce_IsNotToldAgain) {
  lose(flow(7), {.missing = 1});
  EXPECT_FALSE(take().empty());
  EXPECT_TRUE(take().empty());
  lose(flow(7), {.late = 2});
  EXPECT_EQ(take().streams.at(0).bytes, UnreadBytes{.late = 2});
}

TEST_F(UnreadStreamsTest, TenThousandConnections_AFewAreShownAndAllAreCounted) {
  for (std::uint32_t n = 0; n < kMany; ++n) lose(flow(n), {.missing = 1 + n % 100, .late = 1});
  const UnreadReport report = take();
  EXPECT_EQ(report.streams.size(), UnreadStreams::kShown);
  EXPECT_GT(report.others.missing, 0U);
}

TEST_F(UnreadStreamsTest, LargeLossAmongTenThousandSmallOnes_IsShownFirst) {
  for (std::uint32_t n = 0; n < kMany; ++n) {
    lose(flow(n), UnreadBytes::of(tcp::Unread::outside_window, 1));
    if (n % 100 == 0) lose(flow(kMany), {.missing = 50});
  }
  const UnreadReport report = take();
  EXPECT_EQ(report.streams.at(0).flow, flow(kMany));
  EXPECT_EQ(report.streams[0].bytes, UnreadBytes{.missing = 5000});
}

}  // namespace
}  // namespace logsniffd::record_path
