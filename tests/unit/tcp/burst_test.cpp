// Segments that are looked up together, before the first of them is added.
#include <initializer_list>

#include "tests/unit/tcp/table_fixture.hpp"

namespace logsniffd::tcp {
namespace {

class BurstTest : public test::TableTest {
 protected:
  struct Arrival {
    Endpoint client;
    std::uint32_t offset;  // from the first byte of payload
    std::string_view payload;
    Duration after;  // the one before
  };

  void add(std::initializer_list<Arrival> arrivals) {
    std::vector<SegmentView> segments;
    std::vector<ConnectionTable::Place> places;
    for (const Arrival& arrival : arrivals) {
      SegmentView& segment = segments.emplace_back();
      segment.flow = {arrival.client, server_, Transport::tcp};
      segment.seq = test::kClientIsn + 1 + arrival.offset;
      segment.flags = kAck;
      segment.payload = as_bytes(arrival.payload);
    }
    for (const SegmentView& segment : segments) places.push_back(table_.place_of(segment));
    for (const auto& place : places) table_.fetch_place(place);
    for (auto& place : places) table_.fetch_connection(place);
    for (const auto& place : places) table_.fetch_stream(place);
    std::size_t i = 0;
    for (const Arrival& arrival : arrivals) {
      now_ += arrival.after;
      table_.add(segments[i], places[i], now_);
      expect_balanced();
      ++i;
    }
  }

  static constexpr Duration kAtOnce = std::chrono::microseconds(10);
  Endpoint other_ = host(3, 40000);
};

TEST_F(BurstTest, NextData_OfBothConnections_IsTaken) {
  add({{client_, 0, "a", kAtOnce}, {other_, 0, "x", kAtOnce}});
  add({{client_, 1, "b", kAtOnce}, {other_, 1, "y", kAtOnce}, {client_, 2, "c", kAtOnce}});
  EXPECT_EQ(streams_.all, (std::vector<std::string>{"<mid>abc", "<mid>xy"}));
}

TEST_F(BurstTest, ConnectionExpiresInBetween_OpensAnew) {
  add({{client_, 0, "a", kAtOnce}, {other_, 0, "x", kAtOnce}});
  pass(limits().idle / 2);
  add({{other_, 1, "y", kAtOnce}});
  add({{other_, 2, "z", limits().idle / 2}, {client_, 1, "b", kAtOnce}});
  EXPECT_EQ(streams_.all, (std::vector<std::string>{"<mid>a<idle>", "<mid>xyz", "<mid>b"}));
  EXPECT_EQ(table_.counters().connections_opened.get(), 3U);
}

TEST_F(BurstTest, ConnectionGivesItsPlaceToAnother_OpensAnew) {
  TcpLimits one = limits();
  one.connections = 1;
  table_.set_limits(one);
  add({{client_, 0, "a", kAtOnce}});
  add({{other_, 0, "x", kAtOnce}, {client_, 1, "b", kAtOnce}});
  EXPECT_EQ(streams_.all, (std::vector<std::string>{"<mid>a<evicted>", "<mid>x<evicted>", "<mid>b"}));
  EXPECT_EQ(table_.counters().connections_open.get(), 1U);
}

TEST_F(BurstTest, ConnectionOpensAnewWithinTheBurst_TakesTheRest) {
  TcpLimits one = limits();
  one.connections = 1;
  table_.set_limits(one);
  add({{client_, 0, "a", kAtOnce}});
  add({{other_, 0, "x", kAtOnce}, {client_, 1, "b", kAtOnce}, {client_, 2, "c", kAtOnce}});
  EXPECT_EQ(streams_.all, (std::vector<std::string>{"<mid>a<evicted>", "<mid>x<evicted>", "<mid>bc"}));
}

}  // namespace
}  // namespace logsniffd::tcp
