// What a survey says about the ports that it saw.
#include "daemon/survey/wire_survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::survey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Endpoint kClient = test::endpoint("10.0.0.1:40000");
const Endpoint kServer = test::endpoint("10.0.0.2:514");

class WireSurveyTest : public testing::Test {
 protected:
  void see(const test::Packet& packet, std::string_view interface = "eth0") {
    survey_.on_packet({packet, static_cast<std::uint32_t>(packet.size()), {}, capture::LinkType::raw, 1, interface});
  }
  const PortTraffic& port(std::uint16_t number, Transport transport = Transport::tcp) {
    return survey_.ports().at({transport, number});
  }

  WireSurvey survey_;
};

TEST_F(WireSurveyTest, Segment_CountsForBothPortsByDirection) {
  see(test::tcp_packet(kClient, kServer, {}, "hello\n"));
  EXPECT_EQ(port(514).to.packets, 1U);
  EXPECT_EQ(port(514).to.bytes, 6U);
  EXPECT_EQ(port(514).to.text, 1U);
  EXPECT_EQ(port(514).from.packets, 0U);
  EXPECT_EQ(port(40000).from.bytes, 6U);
  EXPECT_EQ(port(514).served_text, 1U);
  EXPECT_EQ(port(40000).served_text, 0U);
  EXPECT_THAT(port(514).peers, ElementsAre(kClient.address));
  EXPECT_THAT(port(514).interfaces, ElementsAre("eth0"));
}

TEST_F(WireSurveyTest, Datagram_IsAnotherPortThanThatOfTcp) {
  see(test::udp_packet(kClient, kServer, "hello"));
  EXPECT_EQ(port(514, Transport::udp).to.text, 1U);
  EXPECT_FALSE(survey_.ports().contains({Transport::tcp, 514}));
}

TEST_F(WireSurveyTest, Handshake_IsToldApartFromItsRefusal) {
  see(test::tcp_packet(kClient, kServer, {.flags = "S"}, ""));
  see(test::tcp_packet(kServer, kClient, {.flags = "SA"}, ""));
  see(test::tcp_packet(kServer, kClient, {.flags = "RA"}, ""));
  EXPECT_EQ(port(514).syns, 1U);
  EXPECT_EQ(port(514).syn_acks, 1U);
  EXPECT_EQ(port(514).resets, 1U);
  EXPECT_EQ(port(40000).syns, 0U);
  EXPECT_EQ(port(514).bytes(), 0U);
}

TEST_F(WireSurveyTest, KindsOfPayload_AreToldApart) {
  see(test::tcp_packet(kClient, kServer, {}, {"\x16\x03\x01\x02\x00", 5}));
  see(test::tcp_packet(kClient, kServer, {}, {"\x00\x01\x02\x03", 4}));
  see(test::tcp_packet(kClient, kServer, {}, "text"));
  see(test::tcp_packet(kClient, kServer, {}, ""));
  EXPECT_EQ(port(514).to.tls, 1U);
  EXPECT_EQ(port(514).to.binary, 1U);
  EXPECT_EQ(port(514).to.text, 1U);
  EXPECT_EQ(port(514).to.packets, 4U);
}

TEST_F(WireSurveyTest, WhatIsNotTcpOrUdp_CountsAsAPacketOnly) {
  see({0x60, 0x00});
  EXPECT_EQ(survey_.packets(), 1U);
  EXPECT_THAT(survey_.ports(), IsEmpty());
}

TEST_F(WireSurveyTest, MorePortsAndPeersThanItKeeps_AreLeftOut) {
  for (unsigned i = 0; i < 2 * kMaxPorts; ++i) {
    see(test::udp_packet({kClient.address, static_cast<std::uint16_t>(i)}, kServer, "x"), std::to_string(i));
  }
  EXPECT_EQ(survey_.ports().size(), kMaxPorts);
  EXPECT_EQ(port(514, Transport::udp).to.packets, 2 * kMaxPorts);
  EXPECT_EQ(port(514, Transport::udp).interfaces.size(), kMaxNamed);
}

}  // namespace
}  // namespace logsniffd::survey
