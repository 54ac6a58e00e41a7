// Which lines of a TCP connection count as possibly lost.
#include "daemon/sink/net/in_flight.hpp"

#include <gtest/gtest.h>

namespace logsniffd::sink::net {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kNow{1h};

class InFlightTest : public testing::Test {
 protected:
  // Sends `lines` lines of `bytes` bytes each.
  void send(std::uint64_t lines, std::uint64_t bytes) {
    for (; lines > 0; --lines) flight_.add(sent_ += bytes);
  }

  InFlight flight_;
  std::uint64_t sent_ = 0;
};

TEST_F(InFlightTest, NotAcknowledged_StaysForEver) {
  send(10, 100);
  flight_.acknowledged(0, kNow + 1h);
  EXPECT_EQ(flight_.lines(), 10U);
  EXPECT_EQ(flight_.unacknowledged(), 10U);
}

TEST_F(InFlightTest, Acknowledged_StaysForAWhile) {
  send(10, 100);
  flight_.acknowledged(sent_, kNow);
  EXPECT_EQ(flight_.unacknowledged(), 0U);
  flight_.acknowledged(sent_, kNow + InFlight::kDoubt - 1ns);
  EXPECT_EQ(flight_.lines(), 10U);
  flight_.acknowledged(sent_, kNow + InFlight::kDoubt);
  EXPECT_EQ(flight_.lines(), 0U);
}

TEST_F(InFlightTest, AcknowledgedInPart_TheRestStays) {
  send(2000, 100);
  flight_.acknowledged(100'000, kNow);
  EXPECT_GE(flight_.unacknowledged(), 1000U);
  EXPECT_LE(flight_.unacknowledged(), 1000 + InFlight::kChunk / 100);
  flight_.acknowledged(100'000, kNow + InFlight::kDoubt);
  EXPECT_EQ(flight_.lines(), flight_.unacknowledged());
}

TEST_F(InFlightTest, LineLongerThanAChunk_IsOneLine) {
  send(3, 2 * InFlight::kChunk);
  flight_.acknowledged(2 * InFlight::kChunk, kNow);
  EXPECT_EQ(flight_.unacknowledged(), 2U);
}

TEST_F(InFlightTest, MuchAcknowledgedAtOnce_IsBounded) {
  send(100'000, 1000);
  flight_.acknowledged(sent_, kNow);
  EXPECT_GE(flight_.lines() * 1000, InFlight::kDoubtBytes);
  EXPECT_LE(flight_.lines() * 1000, InFlight::kDoubtBytes + 2 * InFlight::kChunk);
}

TEST_F(InFlightTest, Cleared_TheNextConnectionBeginsAnew) {
  send(10, 100);
  flight_.clear();
  sent_ = 0;
  send(1, 100);
  EXPECT_EQ(flight_.lines(), 1U);
  flight_.acknowledged(99, kNow);
  EXPECT_EQ(flight_.unacknowledged(), 1U);
  flight_.acknowledged(100, kNow);
  EXPECT_EQ(flight_.unacknowledged(), 0U);
}

}  // namespace
}  // namespace logsniffd::sink::net
