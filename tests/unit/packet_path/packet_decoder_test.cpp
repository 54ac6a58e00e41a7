// What the layers tell each other of bytes that are missing.
#include "daemon/packet_path/packet_decoder.hpp"

#include <gtest/gtest.h>

#include "tests/support/link_builder.hpp"

namespace logsniffd::packet_path {
namespace {

using capture::LinkType;
using test::endpoint;
using test::Packet;

const Packet kIp = test::udp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"), "a line that is long enough");

DecodedPacket decoded(const Packet& frame, LinkType type, std::size_t cut_bytes) {
  DecodedPacket packet;
  decode_packet({frame, static_cast<std::uint32_t>(frame.size() + cut_bytes), {}, type, 0, {}}, packet);
  return packet;
}

TEST(PacketDecoder, TrailerCutBySnapshotLength_IsNotMissingFromThePacket) {
  constexpr std::size_t kShorter = 5;
  constexpr std::size_t kCut = 20;
  Packet session = test::pppoe(test::ppp(Bytes(kIp).first(kIp.size() - kShorter)));
  session.push_back('t');
  const DecodedPacket packet = decoded(session, LinkType::ppp_ether, kCut);
  ASSERT_TRUE(std::holds_alternative<Malformed>(packet.content));
  EXPECT_EQ(std::get<Malformed>(packet.content), Malformed::ip_length);
}

TEST(PacketDecoder, PacketThatNetfilterCut_IsCutShort) {
  constexpr std::size_t kShorter = 5;
  const DecodedPacket packet = decoded(test::nflog(Bytes(kIp).first(kIp.size() - kShorter)), LinkType::nflog, 0);
  EXPECT_TRUE(packet.cut_short);
  const auto* const datagram = std::get_if<udp::UdpDatagram>(&packet.content);
  ASSERT_NE(datagram, nullptr);
  EXPECT_EQ(datagram->missing_bytes, kShorter);
}

}  // namespace
}  // namespace logsniffd::packet_path
