// What one segment can say of a connection whose handshake was not seen: who its ends are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/pipeline/pipeline.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::pipeline {
namespace {

using record_path::BatchQueue;
using record_path::Lane;
using record_path::RoutingPlan;
using test::endpoint;
using testing::Each;
using testing::StrEq;

constexpr std::string_view kHeader = "PROXY TCP4 198.51.100.9 198.51.100.1 1 2\r\n";
constexpr std::uint32_t kTrue = 1'000'000;  // where the sender's bytes begin

class ProxiedEnds : public testing::Test {
 protected:
  ProxiedEnds() {
    filter::FilterOptions filter;
    filter.name = "app";
    filter.ports = {{514, 514}};
    filter.sinks = 1;
    auto names = std::make_shared<record::FilterNames>(1, "app");
    auto table = filter::FilterTable::compile({filter});
    const Lane lane{.filters = ~filter::FilterMask{0}};
    pipeline_.configure(std::make_shared<const RoutingPlan>(RoutingPlan{std::move(*table), {lane}, names}),
                        {{0, &queue_}});
  }

  static PipelineOptions options() {
    PipelineOptions options;
    options.limits.tcp = {1000, std::chrono::minutes(5), std::chrono::seconds(2), 1 << 20, 1 << 24};
    options.limits.fragments = {1 << 20, std::chrono::seconds(30)};
    options.limits.framing = {64 * 1024, 1 << 20};
    options.linger = Duration::max();
    return options;
  }

  void give(std::uint32_t seq, std::string_view payload) {
    now_ += std::chrono::milliseconds(100);
    const test::Packet packet = test::ethernet(test::tcp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"),
                                                                {.seq = seq, .ack = 1, .flags = "PA"}, payload));
    pipeline_.on_packet(
        {packet, static_cast<std::uint32_t>(packet.size()), now_, capture::LinkType::ethernet, 1, "eth0"});
  }

  // Of each record so far, the address that a PROXY header gave its source.
  std::vector<std::string> sources() {
    pipeline_.publish();
    std::vector<std::string> all;
    BatchQueue::Item item;
    while (queue_.take(item)) {
      for (std::size_t i = 0; i < item.object->size(); ++i) {
        std::vector<record::Field> scratch;
        all.emplace_back();
        for (const record::Field& field : item.object->record(i, scratch).fields) {
          if (field.name == "proxy.src.addr") all.back() = field.value;
        }
      }
      queue_.release(item);
    }
    return all;
  }

  void say_lines() {
    std::uint32_t seq = kTrue;
    for (int i = 0; i < 60; ++i) {
      const std::string line = "<13>a line of the true sender " + std::to_string(i) + "\n";
      give(seq, line);
      seq += static_cast<std::uint32_t>(line.size());
    }
  }

  std::atomic<bool> abandon_{false};
  queue::Wakeup wakeup_;
  BatchQueue queue_{1 << 24, wakeup_};
  Pipeline pipeline_{options(), abandon_};
  PacketTime now_{std::chrono::seconds(1'790'000'000)};
};

class HeaderElsewhere : public ProxiedEnds, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(HeaderElsewhere, InOneSegment_SaysNothingOfTheTrueSender) {
  give(GetParam(), kHeader);
  say_lines();
  const std::vector<std::string> said = sources();
  EXPECT_GE(said.size(), 30U);
  EXPECT_THAT(said, Each(StrEq("")));
}

INSTANTIATE_TEST_SUITE_P(All, HeaderElsewhere, testing::Values(kTrue + 100'000, kTrue - 100'000, kTrue + 500'000'000));

TEST_F(ProxiedEnds, HeaderInFrontOfAConnectionJoinedLate_HoldsForItsRecords) {
  give(kTrue - static_cast<std::uint32_t>(kHeader.size()), kHeader);
  say_lines();
  const std::vector<std::string> said = sources();
  EXPECT_EQ(said.size(), 60U);
  EXPECT_THAT(said, Each(StrEq("198.51.100.9")));
}

}  // namespace
}  // namespace logsniffd::pipeline
