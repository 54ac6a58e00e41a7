#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "daemon/link/link_decoder.hpp"
#include "tests/support/link_builder.hpp"

namespace logsniffd::link {
namespace {

using capture::LinkType;
using test::Packet;

const Packet kIp = test::udp_packet(test::endpoint("10.0.0.1:5000"), test::endpoint("10.0.0.2:514"), "hello");

TEST(Ppp, CompressedHeader_IsStripped) {
  Packet frame = test::ppp(kIp);
  frame.erase(frame.begin());  // the first byte of the protocol
  for (const Packet& bytes : {frame, test::in_hdlc_framing(frame)}) {
    const LinkPayload payload = decode(LinkType::ppp, bytes);
    ASSERT_EQ(payload.verdict, LinkVerdict::ip);
    EXPECT_TRUE(std::ranges::equal(payload.ip, kIp));
  }
}

TEST(Ppp, OtherProtocols_AreNotIp) {
  for (const std::uint16_t protocol : std::initializer_list<std::uint16_t>{0xc021, 0xc223, 0x8021, 0x00fd, 0x003d}) {
    EXPECT_EQ(decode(LinkType::ppp, test::ppp_protocol(protocol, kIp)).verdict, LinkVerdict::not_ip) << protocol;
  }
}

TEST(Ppp, CiscoFraming_IsRecognizedByItsAddress) {
  Packet frame = test::cisco_hdlc(kIp);
  EXPECT_EQ(decode(LinkType::ppp_hdlc, frame).verdict, LinkVerdict::ip);
  frame[0] = 0x8f;
  EXPECT_EQ(decode(LinkType::ppp_hdlc, frame).verdict, LinkVerdict::ip);
}

TEST(Ppp, KeepAliveOfCisco_IsNotIp) {
  EXPECT_EQ(decode(LinkType::cisco_hdlc, Packet{0x8f, 0, 0x80, 0x35, 0, 0, 0, 2}).verdict, LinkVerdict::not_ip);
}

TEST(Pppoe, DiscoveryCode_IsNotIp) {
  Packet frame = test::pppoe(test::ppp(kIp));
  frame[1] = 0xa7;
  EXPECT_EQ(decode(LinkType::ppp_ether, frame).verdict, LinkVerdict::not_ip);
}

Packet with_pppoe_length(std::size_t length) {
  Packet frame = test::pppoe(test::ppp(kIp));
  frame[4] = static_cast<std::uint8_t>(length >> 8);
  frame[5] = static_cast<std::uint8_t>(length & 0xff);
  return frame;
}

TEST(Pppoe, BytesBehindTheLength_AreNotPartOfThePacket) {
  const Packet frame = with_pppoe_length(test::ppp(kIp).size() - 3);
  for (const std::size_t cut : std::initializer_list<std::size_t>{0, 7}) {
    const LinkPayload payload = decode(LinkType::ppp_ether, frame, cut);
    ASSERT_EQ(payload.verdict, LinkVerdict::ip);
    EXPECT_TRUE(std::ranges::equal(payload.ip, Bytes(kIp).first(kIp.size() - 3)));
    EXPECT_EQ(payload.cut_bytes, 0U);
  }
}

TEST(Pppoe, LengthBeyondTheFrame_IsABadHeaderUnlessItWasCut) {
  const Packet frame = with_pppoe_length(test::ppp(kIp).size() + 5);
  EXPECT_EQ(decode(LinkType::ppp_ether, frame).verdict, LinkVerdict::bad_header);
  EXPECT_EQ(decode(LinkType::ppp_ether, frame, 4).verdict, LinkVerdict::bad_header);
  const LinkPayload payload = decode(LinkType::ppp_ether, frame, 6);
  EXPECT_EQ(payload.verdict, LinkVerdict::ip);
  EXPECT_EQ(payload.cut_bytes, 5U);
}

TEST(Pppoe, LengthShorterThanTheProtocol_IsABadHeader) {
  EXPECT_EQ(decode(LinkType::ppp_ether, with_pppoe_length(1)).verdict, LinkVerdict::bad_header);
  EXPECT_EQ(decode(LinkType::ppp_ether, with_pppoe_length(0)).verdict, LinkVerdict::bad_header);
}

TEST(Pppoe, OtherVersionOrType_IsABadHeader) {
  for (const std::uint8_t first : std::initializer_list<std::uint8_t>{0x10, 0x12, 0x21, 0x00}) {
    Packet frame = test::pppoe(test::ppp(kIp));
    frame[0] = first;
    EXPECT_EQ(decode(LinkType::ppp_ether, frame).verdict, LinkVerdict::bad_header) << int{first};
  }
}

}  // namespace
}  // namespace logsniffd::link
