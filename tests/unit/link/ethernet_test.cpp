// 802.3, 802.1ah and LLC: what stands where an EtherType could.
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

LinkVerdict of(const Packet& frame) { return decode(LinkType::ethernet, frame).verdict; }

Packet with_header(const Packet& header) {
  Packet llc = header;
  llc.insert(llc.end(), kIp.begin(), kIp.end());
  return llc;
}

TEST(Ethernet, LengthUpTo1500_IsFollowedByLlc) {
  Packet llc = test::snap(kIp);
  llc.resize(1501);
  EXPECT_EQ(of(test::ethernet_type(1500, llc)), LinkVerdict::ip);
  EXPECT_EQ(of(test::ethernet_type(1501, llc)), LinkVerdict::not_ip);
}

TEST(Ethernet, BytesBehindTheLength_AreNotPartOfThePacket) {
  Packet frame = test::ieee8023(test::snap(kIp));
  frame.insert(frame.end(), 20, 0);
  constexpr std::size_t kCut = 7;  // bytes of the padding
  for (const std::size_t cut : {std::size_t{0}, kCut}) {
    const LinkPayload payload = decode(LinkType::ethernet, frame, cut);
    ASSERT_EQ(payload.verdict, LinkVerdict::ip);
    EXPECT_TRUE(std::ranges::equal(payload.ip, kIp));
    EXPECT_EQ(payload.cut_bytes, 0U);
  }
}

TEST(Ethernet, LengthBeyondTheFrame_IsABadHeaderUnlessItWasCut) {
  const Packet llc = test::snap(kIp);
  const Packet frame = test::ethernet_type(static_cast<std::uint16_t>(llc.size() + 5), llc);
  EXPECT_EQ(of(frame), LinkVerdict::bad_header);
  EXPECT_EQ(decode(LinkType::ethernet, frame, 4).verdict, LinkVerdict::bad_header);
  const LinkPayload payload = decode(LinkType::ethernet, frame, 6);
  EXPECT_EQ(payload.verdict, LinkVerdict::ip);
  EXPECT_EQ(payload.cut_bytes, 5U);
}

TEST(Ethernet, LengthShorterThanLlc_IsTruncated) {
  for (const std::uint16_t length : std::initializer_list<std::uint16_t>{0, 2, 7}) {
    EXPECT_EQ(of(test::ethernet_type(length, test::snap(kIp))), LinkVerdict::truncated) << length;
  }
}

TEST(Ethernet, SnapOfEtherTypes_IsIp) {
  EXPECT_EQ(of(test::ieee8023(test::snap(kIp))), LinkVerdict::ip);
  EXPECT_EQ(of(test::ieee8023(test::snap(kIp, 0xf8))), LinkVerdict::ip);
}

TEST(Ethernet, SnapOfAnotherOrganization_IsNotIp) {
  EXPECT_EQ(of(test::ieee8023(test::snap(kIp, 0x0c))), LinkVerdict::not_ip);  // Cisco's: CDP
  EXPECT_EQ(of(test::ieee8023(with_header({0xaa, 0xaa, 3, 1, 0, 0, 8, 0}))), LinkVerdict::not_ip);
}

TEST(Ethernet, SnapWithALength_IsNotIp) {
  EXPECT_EQ(of(test::ieee8023(with_header({0xaa, 0xaa, 3, 0, 0, 0, 0, 8}))), LinkVerdict::not_ip);
}

TEST(Ethernet, LlcOfIp_IsIp) { EXPECT_EQ(of(test::ieee8023(with_header({6, 6, 3}))), LinkVerdict::ip); }

TEST(Ethernet, OtherLlc_IsNotIp) {
  EXPECT_EQ(of(test::ieee8023(with_header({0x42, 0x42, 3}))), LinkVerdict::not_ip);  // spanning tree
  EXPECT_EQ(of(test::ieee8023(with_header({0xff, 0xff, 3}))), LinkVerdict::not_ip);  // IPX without LLC
  EXPECT_EQ(of(test::ieee8023(with_header({6, 6, 0x7f}))), LinkVerdict::not_ip);     // not unnumbered information
}

TEST(Ethernet, DiscoveryOfPppoeAndMacsec_AreNotIp) {
  EXPECT_EQ(of(test::ethernet_type(0x8863, test::pppoe(test::ppp(kIp)))), LinkVerdict::not_ip);
  EXPECT_EQ(of(test::ethernet_type(0x88e5, kIp)), LinkVerdict::not_ip);
}

TEST(Ethernet, LengthInSllIsAProtocol_ItIsNotIp) {
  EXPECT_EQ(decode(LinkType::linux_sll, test::sll_type(0x0026, test::snap(kIp))).verdict, LinkVerdict::not_ip);
}

}  // namespace
}  // namespace logsniffd::link
