#include "daemon/udp/udp_decoder.hpp"

#include <gtest/gtest.h>

#include "daemon/ip/ip_decoder.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::udp {
namespace {

using test::Packet;

const Endpoint kSender = test::endpoint("10.0.0.1:40000");
const Endpoint kLogHost = test::endpoint("10.0.0.2:514");
constexpr std::string_view kText = "<13>hello";
constexpr std::size_t kHeader = 8;

ip::Datagram carried_by(Bytes transport, std::uint32_t missing_bytes = 0) {
  ip::Datagram datagram;
  datagram.src = kSender.address;
  datagram.dst = kLogHost.address;
  datagram.protocol = ip::kProtocolUdp;
  datagram.payload = transport;
  datagram.missing_bytes = missing_bytes;
  return datagram;
}

void set_length(Packet& transport, std::size_t length) {
  transport[4] = static_cast<std::uint8_t>(length >> 8);
  transport[5] = static_cast<std::uint8_t>(length & 0xff);
}

TEST(UdpDecoder, WholeDatagram_GivesFlowAndPayload) {
  const Packet transport = test::udp(kSender, kLogHost, kText);
  const UdpDatagram result = decode(carried_by(transport));
  ASSERT_EQ(result.verdict, UdpVerdict::datagram);
  EXPECT_EQ(result.flow, (Flow{kSender, kLogHost, Transport::udp}));
  EXPECT_EQ(as_text(result.payload), kText);
  EXPECT_EQ(result.missing_bytes, 0U);
}

TEST(UdpDecoder, EmptyPayload_IsADatagram) {
  const Packet transport = test::udp(kSender, kLogHost, "");
  const UdpDatagram result = decode(carried_by(transport));
  EXPECT_EQ(result.verdict, UdpVerdict::datagram);
  EXPECT_TRUE(result.payload.empty());
}

TEST(UdpDecoder, EveryTruncation_CountsWhatIsMissing) {
  const Packet whole = test::udp(kSender, kLogHost, kText);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Packet cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const UdpDatagram result = decode(carried_by(cut, static_cast<std::uint32_t>(whole.size() - size)));
    if (size < kHeader) {
      ASSERT_EQ(result.verdict, UdpVerdict::truncated_header) << size;
      continue;
    }
    ASSERT_EQ(result.verdict, UdpVerdict::datagram) << size;
    ASSERT_EQ(as_text(result.payload), kText.substr(0, size - kHeader));
    ASSERT_EQ(result.missing_bytes, whole.size() - size);
  }
}

TEST(UdpDecoder, LengthBelowTheHeader_IsBadLength) {
  Packet transport = test::udp(kSender, kLogHost, kText);
  for (const std::size_t length : {std::size_t{1}, kHeader - 1}) {
    set_length(transport, length);
    EXPECT_EQ(decode(carried_by(transport)).verdict, UdpVerdict::bad_length) << length;
  }
}

TEST(UdpDecoder, LengthBeyondIp_IsBadLength) {
  Packet transport = test::udp(kSender, kLogHost, kText);
  set_length(transport, transport.size() + 1);
  EXPECT_EQ(decode(carried_by(transport)).verdict, UdpVerdict::bad_length);
  EXPECT_EQ(decode(carried_by(transport, 1)).verdict, UdpVerdict::datagram);  // cut by the snapshot length
}

TEST(UdpDecoder, LengthBelowIp_CutsTheRest) {
  Packet transport = test::udp(kSender, kLogHost, kText);
  set_length(transport, kHeader + 4);
  const UdpDatagram result = decode(carried_by(transport, 100));
  ASSERT_EQ(result.verdict, UdpVerdict::datagram);
  EXPECT_EQ(as_text(result.payload), "<13>");
  EXPECT_EQ(result.missing_bytes, 0U);  // the missing bytes lie after the datagram
}

TEST(UdpDecoder, LengthZero_MeansAllThatIpCarries) {
  const std::string big(70'000, 'x');
  const Packet transport = test::udp(kSender, kLogHost, big);
  const UdpDatagram result = decode(carried_by(transport, 5));
  ASSERT_EQ(result.verdict, UdpVerdict::datagram);
  EXPECT_EQ(result.payload.size(), big.size());
  EXPECT_EQ(result.missing_bytes, 5U);
}

TEST(UdpDecoder, WrongChecksum_DoesNotMatter) {
  Packet transport = test::udp(kSender, kLogHost, kText);
  transport[6] = static_cast<std::uint8_t>(~transport[6]);
  EXPECT_EQ(as_text(decode(carried_by(transport)).payload), kText);
}

TEST(UdpDecoder, WholePacketsOfBothFamilies_Decode) {
  const Endpoint six = test::endpoint("[fe80::1]:40000");
  const Endpoint other_six = test::endpoint("[fe80::2]:514");
  for (const auto& [src, dst] : {std::pair{kSender, kLogHost}, std::pair{six, other_six}}) {
    const Packet packet = test::udp_packet(src, dst, kText);
    const UdpDatagram result = decode(ip::decode(packet).datagram);
    EXPECT_EQ(result.flow, (Flow{src, dst, Transport::udp}));
    EXPECT_EQ(as_text(result.payload), kText);
  }
}

}  // namespace
}  // namespace logsniffd::udp
