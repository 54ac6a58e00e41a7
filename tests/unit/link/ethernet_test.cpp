// 802.3, 802.1ah and LLC: what stands where an EtherType could.
#include <gtest/gtest.h>

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
  EXPECT_EQ(of(test::ethernet_type(1500, test::snap(kIp))), LinkVerdict::ip);
  EXPECT_EQ(of(test::ethernet_type(1501, test::snap(kIp))), LinkVerdict::not_ip);
  EXPECT_EQ(of(test::ethernet_type(0, test::snap(kIp))), LinkVerdict::ip);
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
