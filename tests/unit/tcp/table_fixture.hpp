// A connection table and its traffic: tests say what is on the wire, in order of time.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/tcp/connection_table.hpp"
#include "tests/unit/tcp/recorded_streams.hpp"

namespace logsniffd::tcp::test {

inline constexpr std::uint32_t kClientIsn = 1000;
inline constexpr std::uint32_t kServerIsn = 9000;

class TableTest : public testing::Test {
 protected:
  static Endpoint host(std::uint8_t last, std::uint16_t port) {
    const std::uint8_t raw[] = {10, 0, 0, last};
    return {Address::from_ipv4(raw), port};
  }

  static TcpLimits limits() { return {100, std::chrono::minutes(5), std::chrono::seconds(2), 64 * 1024, 1024 * 1024}; }

  // `offset` counts from the first payload byte of that direction.
  void client(std::uint32_t offset, std::string_view payload, std::uint8_t flags = kAck, std::uint32_t acks = 0) {
    send(true, kClientIsn + 1 + offset, kServerIsn + 1 + acks, payload, flags);
  }
  void server(std::uint32_t offset, std::string_view payload, std::uint8_t flags = kAck, std::uint32_t acks = 0) {
    send(false, kServerIsn + 1 + offset, kClientIsn + 1 + acks, payload, flags);
  }
  void handshake() {
    send(true, kClientIsn, 0, "", kSyn);
    send(false, kServerIsn, kClientIsn + 1, "", kSyn | kAck);
    client(0, "");
  }
  void send(bool from_client, std::uint32_t seq, std::uint32_t ack, std::string_view payload, std::uint8_t flags,
            std::uint32_t missing = 0) {
    SegmentView segment;
    segment.flow = from_client ? Flow{client_, server_, Transport::tcp} : Flow{server_, client_, Transport::tcp};
    segment.seq = seq;
    segment.ack = ack;
    segment.flags = flags;
    segment.payload = as_bytes(payload);
    segment.missing_bytes = missing;
    now_ += std::chrono::microseconds(10);
    table_.add(segment, now_);
    expect_balanced();
  }
  void pass(Duration duration) {
    now_ += duration;
    table_.advance(now_);
    expect_balanced();
  }
  void finish() {
    table_.finish(now_);
    expect_balanced();
    EXPECT_EQ(table_.counters().buffered.get(), 0U);
    EXPECT_EQ(table_.counters().connections_open.get(), 0U);
    EXPECT_EQ(streams_.open_count(), 0U);
  }
  void expect_balanced() const {
    const StreamCounters& c = table_.counters();
    EXPECT_EQ(unaccounted(c), 0);
    EXPECT_EQ(c.late.get(), streams_.unread_as(Unread::late));
    EXPECT_EQ(c.outside_window.get(), streams_.unread_as(Unread::outside_window));
    EXPECT_EQ(c.gap_bytes.get(), streams_.gap_bytes);
  }

  Endpoint client_ = host(1, 40000);
  Endpoint server_ = host(2, 514);
  PacketTime now_{std::chrono::seconds(1'000'000)};
  RecordedStreams streams_;
  ConnectionTable table_{limits(), streams_, 42};
};

}  // namespace logsniffd::tcp::test
