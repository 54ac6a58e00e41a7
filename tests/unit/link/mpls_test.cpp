#include <gtest/gtest.h>

#include "daemon/link/link_decoder.hpp"
#include "tests/support/link_builder.hpp"

namespace logsniffd::link {
namespace {

using capture::LinkType;
using test::Packet;

const Packet kIp = test::udp_packet(test::endpoint("10.0.0.1:5000"), test::endpoint("10.0.0.2:514"), "hello");

LinkVerdict of(const Packet& frame) { return decode(LinkType::mpls, frame).verdict; }

TEST(Mpls, OneLabelTooMany_IsTooManyLabels) {
  EXPECT_EQ(of(test::mpls(kIp, kMaxMplsLabels)), LinkVerdict::ip);
  EXPECT_EQ(of(test::mpls(kIp, kMaxMplsLabels + 1)), LinkVerdict::too_many_labels);
}

TEST(Mpls, StackWithoutBottom_IsTruncated) { EXPECT_EQ(of(Packet{0, 1, 0, 64, 0, 1, 0, 64}), LinkVerdict::truncated); }

TEST(Mpls, PseudowireWithControlWord_HoldsEthernet) {
  const Packet inner = test::ethernet_type(0x0800, kIp);
  EXPECT_EQ(of(test::mpls(test::control_word(inner))), LinkVerdict::ip);
  EXPECT_EQ(of(test::mpls(test::control_word(test::ethernet_type(0x0806, kIp)))), LinkVerdict::not_ip);
}

TEST(Mpls, NeitherIpNorControlWord_IsNotIp) {
  EXPECT_EQ(of(test::mpls(test::ethernet_type(0x0800, kIp))), LinkVerdict::not_ip);  // no control word
  EXPECT_EQ(of(test::mpls(Packet{0x10, 0, 0, 7, 0x45})), LinkVerdict::not_ip);       // RFC 4385, 5: a channel
  EXPECT_EQ(of(test::mpls(Packet{0x00, 0x40, 0, 7, 0x45})), LinkVerdict::not_ip);    // a part of a frame
}

}  // namespace
}  // namespace logsniffd::link
