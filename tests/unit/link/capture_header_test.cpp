// NFLOG and PKTAP: headers that the capturing system writes in front of a packet.
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/link/link_decoder.hpp"
#include "tests/support/link_builder.hpp"

namespace logsniffd::link {
namespace {

using capture::LinkType;
using test::Packet;

const Packet kIp = test::udp_packet(test::endpoint("10.0.0.1:5000"), test::endpoint("10.0.0.2:514"), "hello");

TEST(Nflog, BigEndianHost_IsRead) {
  Packet frame = {2, 0, 0, 5, 0, 8, 0, 1, 8, 0, 3, 0, 0, static_cast<std::uint8_t>(4 + kIp.size()), 0, 9};
  frame.insert(frame.end(), kIp.begin(), kIp.end());
  const LinkPayload payload = decode(LinkType::nflog, frame);
  ASSERT_EQ(payload.verdict, LinkVerdict::ip);
  EXPECT_TRUE(std::ranges::equal(payload.ip, kIp));
}

TEST(Nflog, AttributesBehindThePacket_AreNotPartOfIt) {
  Packet frame = test::nflog(kIp);
  frame.insert(frame.end(), {8, 0, 2, 0, 1, 2, 3, 4});
  EXPECT_TRUE(std::ranges::equal(decode(LinkType::nflog, frame).ip, kIp));
}

TEST(Nflog, LengthOfThePacket_IsNotKnown) {
  EXPECT_EQ(decode(LinkType::nflog, test::nflog(kIp)).cut_bytes, kUnknownCut);
}

TEST(Nflog, MessageWithoutAPacket_IsNotIpUnlessItWasCut) {
  const Packet frame = {2, 0, 0, 5, 8, 0, 1, 0, 8, 0, 3, 0};
  EXPECT_EQ(decode(LinkType::nflog, frame).verdict, LinkVerdict::not_ip);
  EXPECT_EQ(decode(LinkType::nflog, frame, 1).verdict, LinkVerdict::truncated);
}

TEST(Nflog, OtherFamily_IsNotIp) {
  Packet frame = test::nflog(kIp);
  frame[0] = 7;  // a bridge
  EXPECT_EQ(decode(LinkType::nflog, frame).verdict, LinkVerdict::not_ip);
}

TEST(Nflog, ImpossibleHeaders_AreRefused) {
  Packet frame = test::nflog(kIp);
  frame[1] = 1;  // version
  EXPECT_EQ(decode(LinkType::nflog, frame).verdict, LinkVerdict::bad_header);
  frame[1] = 0;
  frame[4] = 3;  // an attribute shorter than its header
  EXPECT_EQ(decode(LinkType::nflog, frame).verdict, LinkVerdict::bad_header);
}

TEST(Pktap, Flags_TellTheDirection) {
  const Packet frame = test::ethernet_type(0x0800, kIp);
  EXPECT_EQ(decode(LinkType::pktap, test::pktap(1, frame, 1)).direction, PacketDirection::incoming);
  EXPECT_EQ(decode(LinkType::pktap, test::pktap(1, frame, 2)).direction, PacketDirection::outgoing);
  EXPECT_EQ(decode(LinkType::pktap, test::pktap(1, frame, 0)).direction, PacketDirection::unknown);
}

TEST(Pktap, LinkTypeInside_IsDecodedOrNamed) {
  EXPECT_EQ(decode(LinkType::pktap, test::pktap(0, test::null_loopback(kIp))).verdict, LinkVerdict::ip);
  EXPECT_EQ(decode(LinkType::pktap, test::pktap(147, kIp)).verdict, LinkVerdict::unsupported_link_type);
}

TEST(Pktap, InsideItself_IsBounded) {
  Packet frame = test::pktap(101, kIp);
  for (int i = 1; i < kMaxLinkHeaders; ++i) frame = test::pktap(258, frame);
  EXPECT_EQ(decode(LinkType::pktap, frame).verdict, LinkVerdict::ip);
  EXPECT_EQ(decode(LinkType::pktap, test::pktap(258, frame)).verdict, LinkVerdict::too_deep);
}

TEST(Pktap, RecordWithoutAPacket_IsNotIp) {
  Packet frame = test::pktap(1, test::ethernet_type(0x0800, kIp));
  frame[4] = 0;
  EXPECT_EQ(decode(LinkType::pktap, frame).verdict, LinkVerdict::not_ip);
}

TEST(Pktap, HeaderShorterThanItsFields_IsABadHeader) {
  Packet frame = test::pktap(1, test::ethernet_type(0x0800, kIp));
  frame[0] = 107;
  EXPECT_EQ(decode(LinkType::pktap, frame).verdict, LinkVerdict::bad_header);
}

}  // namespace
}  // namespace logsniffd::link
