// Packets in, records out: the whole pipeline without threads, with packets of the tests' packet builder.
#include "daemon/pipeline/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using packet_path::Ignored;
using test::endpoint;
using test::Packet;
using testing::ElementsAre;

class PipelineTest : public PipelineFixture {
 protected:
  // Returns "filter: message" of every record handed over so far, with its mark if it is not whole.
  std::vector<std::string> records() {
    take_records([&](const std::string& filter, const record::LogRecord& record) {
      seen_.push_back(filter + ": " + std::string(record.message));
      if (record.integrity != Integrity::whole) seen_.back() += "|" + std::string(to_string(record.integrity));
      interfaces_.emplace_back(record.interface);
      captured_at_.push_back(record.captured_at);
      proxied_.emplace_back();
      for (const record::Field& field : record.fields) {
        if (field.name.starts_with("proxy.")) proxied_.back() += std::string(field.value) + " ";
      }
    });
    return seen_;
  }

  void TearDown() override {
    pipeline_->finish();
    records();
    EXPECT_EQ(unaccounted(pipeline_->packets()), 0);
    EXPECT_EQ(unaccounted(pipeline_->records()), 0);
    EXPECT_EQ(queue_.counters().accepted.get(), queue_.taken());
  }

  std::uint64_t ignored(Ignored reason) const {
    return pipeline_->packets().ignored[static_cast<std::size_t>(reason)].get();
  }

  std::vector<std::string> seen_;
  std::vector<std::string> interfaces_;
  std::vector<PacketTime> captured_at_;
  std::vector<std::string> proxied_;  // the values of each record's proxy fields
};

TEST_F(PipelineTest, TcpLinesAndUdpDatagram_BecomeRecords) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says("one\ntw"));
  give(tcp.client_says("o\n"));
  give(test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "three\n"));
  EXPECT_THAT(records(), ElementsAre("app: one", "app: two", "app: three"));
  EXPECT_EQ(interfaces_.front(), "eth0");
}

TEST_F(PipelineTest, ClockOpensAStream_ItsInterfaceIsThatOfItsFirstSegment) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  (void)tcp.client_says("lost\n");
  give(tcp.client_says("second\n"));
  give_frame(test::ethernet(test::udp_packet(endpoint("10.0.0.3:5000"), endpoint("10.0.0.2:514"), "elsewhere")),
             capture::LinkType::ethernet, "eth1", 2);
  pipeline_->idle(now_ += std::chrono::seconds(3));
  EXPECT_THAT(records(), ElementsAre("app: elsewhere", "app: second|gap"));
  EXPECT_THAT(interfaces_, ElementsAre("eth1", "eth0"));
}

TEST_F(PipelineTest, OtherPorts_AreIgnoredAndCounted) {
  give(test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:53"), "query"));
  give(test::tcp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"), {}, "GET /\n"));
  EXPECT_TRUE(records().empty());
  EXPECT_EQ(ignored(Ignored::not_watched), 2U);
}

TEST_F(PipelineTest, FragmentedDatagram_IsOneRecord) {
  const std::string message(3000, 'm');
  const Packet udp = test::udp(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), message);
  test::IpOptions options;
  options.protocol = 17;
  for (const Packet& fragment :
       test::ip_fragments(endpoint("10.0.0.1:0").address, endpoint("10.0.0.2:0").address, options, udp, 1400)) {
    give(fragment);
  }
  EXPECT_THAT(records(), ElementsAre("app: " + message));
}

TEST_F(PipelineTest, SameDatagramOnTwoInterfaces_IsOneRecord) {
  const Packet packet = test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "once");
  give_frame(test::sll2(packet, 3, 4), capture::LinkType::linux_sll2, "veth0", 3);
  give_frame(test::sll2(packet, 4, 0), capture::LinkType::linux_sll2, "br0", 4);
  EXPECT_THAT(records(), ElementsAre("app: once"));
  EXPECT_EQ(ignored(Ignored::duplicate), 1U);
}

TEST_F(PipelineTest, RepeatedDatagramOnOneInterface_IsTwoRecords) {
  const Packet packet = test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "again");
  give(packet);
  give(packet);
  EXPECT_THAT(records(), ElementsAre("app: again", "app: again"));
}

TEST_F(PipelineTest, Gap_MarksTheRecordAndJoinsNothing) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says("whole\nfirst ha"));
  tcp.skip_client_bytes(5);
  give(tcp.client_says("ond half\nwhole again\n"));
  pipeline_->idle(now_ + std::chrono::seconds(3));
  EXPECT_THAT(records(), ElementsAre("app: whole", "app: first ha|gap", "app: ond half|gap", "app: whole again"));
}

TEST_F(PipelineTest, ClockStepsBackAnHour_HoleIsGivenUpInItsTime) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says("whole\n"));
  tcp.skip_client_bytes(5);
  give(tcp.client_says("lost half\nwhole again\n"));
  now_ -= std::chrono::hours(1);
  give(tcp.client_says("behind\n"));
  now_ += std::chrono::milliseconds(2500);  // hole_wait is 2 s
  give(test::udp_packet(endpoint("10.0.0.9:5000"), endpoint("10.0.0.2:514"), "beside"));
  now_ += std::chrono::milliseconds(500);
  give(tcp.client_says("later\n"));
  EXPECT_THAT(records(), ElementsAre("app: whole", "app: beside", "app: lost half|gap", "app: whole again",
                                     "app: behind", "app: later"));
  EXPECT_EQ(pipeline_->clock().steps_back.get(), 1U);
}

TEST_F(PipelineTest, ClockStepsBackWhileAHoleWaits_HoleIsFilledAndTimesAreThePackets) {
  const auto client = endpoint("10.0.0.1:40000");
  const auto server = endpoint("10.0.0.2:514");
  test::TcpConversation tcp(client, server);
  for (const Packet& packet : tcp.handshake()) give(packet);
  const std::uint32_t hole = tcp.client_seq();
  tcp.skip_client_bytes(4);
  give(tcp.client_says("two\n"));
  const PacketTime held_at = now_;
  now_ -= std::chrono::hours(1);
  give(test::tcp_packet(client, server, {.seq = hole, .ack = tcp.server_seq(), .flags = "PA"}, "one\n"));
  EXPECT_THAT(records(), ElementsAre("app: one", "app: two"));
  EXPECT_THAT(captured_at_, ElementsAre(now_, held_at));
}

TEST_F(PipelineTest, ClockStepsBack_FragmentsStillMeetAndBatchesStillGo) {
  const std::string message(3000, 'm');
  const Packet udp = test::udp(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), message);
  test::IpOptions ip;
  ip.protocol = 17;
  for (const Packet& fragment :
       test::ip_fragments(endpoint("10.0.0.1:0").address, endpoint("10.0.0.2:0").address, ip, udp, 1400)) {
    give(fragment);
    now_ -= std::chrono::hours(1);
  }
  EXPECT_THAT(records(), ElementsAre("app: " + message));
  EXPECT_EQ(pipeline_->fragments().discarded_timeout.get(), 0U);
}

TEST_F(PipelineTest, LiveClockStepsForwardAnHour_NothingThatWaitsIsGivenUp) {
  const auto client = endpoint("10.0.0.1:40000");
  const auto server = endpoint("10.0.0.2:514");
  pipeline_->heard(SteadyTime(std::chrono::seconds(50)), now_);
  test::TcpConversation tcp(client, server);
  for (const Packet& packet : tcp.handshake()) give(packet);
  const std::uint32_t hole = tcp.client_seq();
  tcp.skip_client_bytes(4);
  give(tcp.client_says("two\n"));
  now_ += std::chrono::hours(1);
  pipeline_->heard(SteadyTime(std::chrono::milliseconds(50'100)), now_);
  pipeline_->idle(now_);
  give(test::tcp_packet(client, server, {.seq = hole, .ack = tcp.server_seq(), .flags = "PA"}, "one\n"));
  EXPECT_THAT(records(), ElementsAre("app: one", "app: two"));
  EXPECT_EQ(pipeline_->clock().steps_forward.get(), 1U);
}

constexpr std::string_view kUndelimited = "<13>Mar  9 10:27:44 web app: text";

TEST_F(PipelineTest, MessageWithoutDelimiter_ComesOutAfterASecondOfSilence) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says(kUndelimited));
  const PacketTime heard_at = now_;
  EXPECT_EQ(pipeline_->idle_within(), std::chrono::seconds(1));
  pipeline_->idle(heard_at + std::chrono::milliseconds(999));
  EXPECT_TRUE(records().empty());
  pipeline_->idle(heard_at + std::chrono::seconds(1));
  EXPECT_THAT(records(), ElementsAre("app: text"));
}

TEST_F(PipelineTest, MessageWithoutDelimiter_ComesOutWhenAnotherConnectionsPacketShowsTheTime) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says(kUndelimited));
  now_ += std::chrono::seconds(1);
  give(test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "later"));
  EXPECT_THAT(records(), ElementsAre("app: text", "app: later"));
}

// A message ends when the next one begins, which may be much later.
TEST_F(PipelineTest, MessageWithoutDelimiter_HasTheTimeOfItsOwnSegment) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  std::vector<PacketTime> sent;
  for (int i = 0; i < 5; ++i) {
    now_ += std::chrono::milliseconds(700);
    give(tcp.client_says(kUndelimited));
    sent.push_back(now_);
  }
  pipeline_->idle(now_ + std::chrono::seconds(1));
  ASSERT_EQ(records().size(), 5U);
  EXPECT_EQ(captured_at_, sent);
}

TEST_F(PipelineTest, LineOverTwoSegments_HasTheTimeOfTheOneThatEndsIt) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says("<13>one"));
  now_ += std::chrono::seconds(5);
  give(tcp.client_says(" line\n"));
  ASSERT_THAT(records(), ElementsAre("app: one line"));
  EXPECT_EQ(captured_at_[0], now_);
}

TEST_F(PipelineTest, SilenceWhileBytesWaitBehindAHole_EndsNoMessage) {
  const auto client = endpoint("10.0.0.1:40000");
  const auto server = endpoint("10.0.0.2:514");
  test::TcpConversation tcp(client, server);
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says(kUndelimited));
  const std::uint32_t hole = tcp.client_seq();
  tcp.skip_client_bytes(5);
  give(tcp.client_says("end of it"));
  pipeline_->idle(now_ + std::chrono::milliseconds(1500));
  EXPECT_TRUE(records().empty());
  now_ += std::chrono::milliseconds(1600);
  give(test::tcp_packet(client, server, {.seq = hole, .ack = tcp.server_seq(), .flags = "PA"}, ", the"));
  EXPECT_TRUE(records().empty());
  pipeline_->idle(now_ + std::chrono::seconds(1));
  EXPECT_THAT(records(), ElementsAre("app: text, theend of it"));
}

TEST_F(PipelineTest, ProxiedEnds_AreFieldsOfEachRecordUntilTheConnectionEnds) {
  const auto client = endpoint("10.0.0.1:40000");
  const auto server = endpoint("10.0.0.2:514");
  test::TcpConversation proxied(client, server);
  for (const Packet& packet : proxied.handshake()) give(packet);
  give(proxied.client_says("PROXY TCP4 192.0.2.77 192.0.2.1 41000 514\r\none\n"));
  test::TcpConversation beside(endpoint("10.0.0.1:40001"), server);
  for (const Packet& packet : beside.handshake()) give(packet);
  give(beside.client_says("two\n"));
  give(proxied.client_says("three\n"));
  give(proxied.server_says("four\n"));
  for (const Packet& packet : proxied.close()) give(packet);
  give(proxied.client_acks());
  now_ += std::chrono::minutes(6);  // limits.idle
  pipeline_->idle(now_);
  test::TcpConversation again(client, server, 77'000, 88'000);
  for (const Packet& packet : again.handshake()) give(packet);
  give(again.client_says("five\n"));
  EXPECT_THAT(records(), ElementsAre("app: one", "app: two", "app: three", "app: four", "app: five"));
  const std::string ends = "192.0.2.77 41000 192.0.2.1 514 ";
  EXPECT_THAT(proxied_, ElementsAre(ends, "", ends, "", ""));
}

TEST_F(PipelineTest, TwoFilters_EachGetsTheRecord) {
  auto errors = watch("errors", 514);
  errors.match = {"ERROR"};
  use({watch("all", 514), errors}, {kAutomatic});
  give(test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "ERROR disk"));
  give(test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "INFO fine"));
  EXPECT_THAT(records(), ElementsAre("all: ERROR disk", "errors: ERROR disk", "all: INFO fine"));
}

TEST_F(PipelineTest, TwoLanes_CutTheSameStreamEachInItsWay) {
  use({watch("lines", 514), watch("nuls", 514)}, {{{.method = framing::Method::lines}, {}, record::Decode::plain, 1},
                                                  {{.method = framing::Method::nul}, {}, record::Decode::plain, 2}});
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says(std::string_view("a\nb\n\0", 5)));
  EXPECT_THAT(records(), ElementsAre("lines: a", "lines: b", "nuls: a\nb\n"));
}

Packet netconsole(std::string_view text) {
  return test::udp_packet(endpoint("10.0.0.1:6665"), endpoint("10.0.0.2:514"), text);
}

TEST_F(PipelineTest, NetconsoleFragments_WaitForTheLaneThatReadsThemAlone) {
  use({watch("read", 514), watch("plain", 514)},
      {{.decode = record::Decode::netconsole, .filters = 1}, {.decode = record::Decode::plain, .filters = 2}});
  give(netconsole("6,1,2,-,ncfrag=0/4;on"));
  give(netconsole("6,1,2,-,ncfrag=2/4;e\n"));
  EXPECT_THAT(records(), ElementsAre("plain: 6,1,2,-,ncfrag=0/4;on", "read: one", "plain: 6,1,2,-,ncfrag=2/4;e"));
}

TEST_F(PipelineTest, NetconsoleFragmentAlone_IsGivenOutInSilence) {
  give(netconsole("6,1,2,-,ncfrag=0/4;on"));
  EXPECT_THAT(records(), ElementsAre());
  const std::optional<Duration> within = pipeline_->idle_within();
  ASSERT_TRUE(within);
  pipeline_->idle(now_ + *within);
  EXPECT_THAT(records(), ElementsAre("app: on|gap"));
  EXPECT_EQ(pipeline_->idle_within(), std::nullopt);
}

TEST_F(PipelineTest, ReloadThatReadsNoNetconsole_LosesNothingThatWaits) {
  give(netconsole("6,1,2,-,ncfrag=0/4;on"));
  use({watch("plain", 514)}, {{.decode = record::Decode::plain, .filters = 1}});
  EXPECT_THAT(records(), ElementsAre("app: on|gap"));
}

TEST_F(PipelineTest, Reload_StreamInFlightKeepsItsHalfLine) {
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.client_says("one\ntw"));
  use({watch("renamed", 514)}, {kAutomatic});
  give(tcp.client_says("o\n"));
  EXPECT_THAT(records(), ElementsAre("app: one", "renamed: two"));
}

TEST_F(PipelineTest, ReloadThatWantsTheOtherDirection_HearsItFromThenOn) {
  auto to_only = watch("app", 514);
  to_only.direction = filter::Direction::to;
  use({to_only}, {kAutomatic});
  test::TcpConversation tcp(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"));
  for (const Packet& packet : tcp.handshake()) give(packet);
  give(tcp.server_says("unheard\n"));
  use({watch("app", 514)}, {kAutomatic});
  give(tcp.server_says("heard\nand this\n"));
  EXPECT_THAT(records(), ElementsAre("app: heard|joined_late", "app: and this"));
}

TEST_F(PipelineTest, WhatThisProcessSendsToItsTargets_IsNotCollected) {
  const Endpoint target = endpoint("10.0.0.2:514");
  const auto udp = own_flows().add({endpoint("10.0.0.1:40112"), target, Transport::udp});
  const auto tcp = own_flows().add({endpoint("10.0.0.1:40112"), target, Transport::tcp});
  for (const char* const sender : {"10.0.0.1:40112", "10.0.0.1:40113"}) {
    give(test::udp_packet(endpoint(sender), target, std::string("udp of ") + sender));
    test::TcpConversation talk(endpoint(sender), target);
    for (const Packet& packet : talk.handshake()) give(packet);
    give(talk.client_says(std::string("tcp of ") + sender + "\n"));
    for (const Packet& packet : talk.close()) give(packet);
  }
  EXPECT_THAT(records(), ElementsAre("app: udp of 10.0.0.1:40113", "app: tcp of 10.0.0.1:40113"));
  EXPECT_EQ(ignored(Ignored::not_watched), 1U);
}

TEST_F(PipelineTest, Truncations_OfEveryPacketAreCounted) {
  const Packet packet =
      test::ethernet(test::udp_packet(endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:514"), "message"));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const Packet cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    give_frame(cut, capture::LinkType::ethernet, "eth0", 1);
  }
  EXPECT_EQ(pipeline_->packets().received.get(), packet.size());
}

}  // namespace
}  // namespace logsniffd::pipeline
