#include "daemon/ip/ip_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::ip {
namespace {

using test::Packet;

const Address kA4 = *Address::parse("10.0.0.1");
const Address kB4 = *Address::parse("10.0.0.2");
const Address kA6 = *Address::parse("2001:db8::1");
const Address kB6 = *Address::parse("2001:db8::2");
constexpr std::string_view kText = "sixteen bytes...";
constexpr std::size_t kHeader4 = 20;
constexpr std::size_t kHeader6 = 40;

Packet packet4(const test::IpOptions& options = {.protocol = 17}, std::string_view payload = kText) {
  return test::ip(kA4, kB4, options, as_bytes(payload));
}
Packet packet6(const test::IpOptions& options = {.protocol = 17}, std::string_view payload = kText) {
  return test::ip(kA6, kB6, options, as_bytes(payload));
}

// An IPv6 packet whose payload is `chain`, the extension headers as written, and kText.
Packet with_extensions(std::uint8_t first, const Packet& chain) {
  Packet payload = chain;
  payload.insert(payload.end(), kText.begin(), kText.end());
  return test::ip(kA6, kB6, {.protocol = first}, payload);
}

void put_u16(Packet& packet, std::size_t at, std::size_t value) {
  packet[at] = static_cast<std::uint8_t>(value >> 8);
  packet[at + 1] = static_cast<std::uint8_t>(value & 0xff);
}

void expect_text(const IpResult& result, const Address& src, const Address& dst) {
  ASSERT_EQ(result.verdict, IpVerdict::datagram);
  EXPECT_EQ(result.datagram.src, src);
  EXPECT_EQ(result.datagram.dst, dst);
  EXPECT_EQ(result.datagram.protocol, kProtocolUdp);
  EXPECT_EQ(as_text(result.datagram.payload), kText);
  EXPECT_EQ(result.datagram.missing_bytes, 0U);
  EXPECT_FALSE(result.datagram.fragment);
}

TEST(IpDecoder, PlainPackets_AreDatagrams) {
  const Packet v4 = packet4();
  const Packet v6 = packet6();
  expect_text(decode(v4), kA4, kB4);
  expect_text(decode(v6), kA6, kB6);
}

TEST(IpDecoder, LinkPadding_IsNoPayload) {
  Packet v4 = packet4();
  Packet v6 = packet6();
  v4.resize(v4.size() + 26);
  v6.resize(v6.size() + 26);
  expect_text(decode(v4), kA4, kB4);
  expect_text(decode(v6), kA6, kB6);
}

TEST(IpDecoder, TotalLengthZero_MeansWhatTheFrameHolds) {
  Packet v4 = packet4();
  Packet v6 = packet6();
  put_u16(v4, 2, 0);
  put_u16(v6, 4, 0);
  expect_text(decode(v4), kA4, kB4);
  expect_text(decode(v6), kA6, kB6);
}

TEST(IpDecoder, BigTcpBeyond64KiB_KeepsItsWholePayload) {
  const std::string big(80'000, 'x');
  for (const Packet& packet : {packet4({.protocol = 6}, big), packet6({.protocol = 6}, big)}) {
    const IpResult result = decode(packet);
    ASSERT_EQ(result.verdict, IpVerdict::datagram);
    EXPECT_EQ(result.datagram.payload.size(), big.size());
    EXPECT_EQ(result.datagram.missing_bytes, 0U);
  }
}

TEST(IpDecoder, GroPacketOf65535Bytes_KeepsItsWholePayload) {
  const Packet packet = packet4({.protocol = 6}, std::string(65'535 - kHeader4, 'x'));
  const IpResult result = decode(packet);
  ASSERT_EQ(result.verdict, IpVerdict::datagram);
  EXPECT_EQ(result.datagram.payload.size(), 65'535 - kHeader4);
}

TEST(IpDecoder, JumbogramWithItsOption_KeepsItsWholePayload) {
  Packet packet = with_extensions(0, {17, 0, 0xc2, 4, 0, 0, 0, 24});  // RFC 2675, 2
  put_u16(packet, 4, 0);
  expect_text(decode(packet), kA6, kB6);
}

TEST(IpDecoder, EveryTruncationOfIpv4_CountsWhatIsMissing) {
  const Packet whole = packet4();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Packet cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const IpResult result = decode(cut, whole.size() - size);
    if (size < kHeader4) {
      ASSERT_EQ(result.verdict, IpVerdict::bad_header) << size;
      continue;
    }
    ASSERT_EQ(result.verdict, IpVerdict::datagram) << size;
    ASSERT_EQ(as_text(result.datagram.payload), kText.substr(0, size - kHeader4));
    ASSERT_EQ(result.datagram.missing_bytes, whole.size() - size);
  }
}

TEST(IpDecoder, Ipv4MappedAddressInIpv6_IsRefused) {
  Packet v6 = packet6();
  const Bytes mapped = kA4.bytes();
  constexpr std::size_t kSource = 8;
  constexpr std::size_t kDestination = 24;
  for (const std::size_t at : {kSource, kDestination}) {
    Packet forged = v6;
    std::copy(mapped.begin(), mapped.end(), forged.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_EQ(decode(forged).verdict, IpVerdict::mapped_address);
  }
}

TEST(IpDecoder, EveryTruncationOfIpv6WithExtensions_CountsWhatIsMissing) {
  const Packet chain{43, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0};
  const Packet whole = with_extensions(60, chain);
  const std::size_t headers = kHeader6 + chain.size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Packet cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const IpResult result = decode(cut, whole.size() - size);
    if (size < headers) {
      ASSERT_EQ(result.verdict, IpVerdict::bad_header) << size;
      continue;
    }
    ASSERT_EQ(result.verdict, IpVerdict::datagram) << size;
    ASSERT_EQ(as_text(result.datagram.payload), kText.substr(0, size - headers));
    ASSERT_EQ(result.datagram.missing_bytes, whole.size() - size);
  }
}

TEST(IpDecoder, OtherVersions_AreBadVersion) {
  Packet packet = packet4();
  for (const unsigned version : {0U, 1U, 5U, 7U, 15U}) {
    packet[0] = static_cast<std::uint8_t>(version << 4 | 5U);
    EXPECT_EQ(decode(packet).verdict, IpVerdict::bad_version) << version;
  }
}

TEST(IpDecoder, Ipv4HeaderBelowTwentyBytes_IsBadHeader) {
  Packet packet = packet4();
  for (const std::uint8_t first : {std::uint8_t{0x40}, std::uint8_t{0x44}}) {
    packet[0] = first;
    EXPECT_EQ(decode(packet).verdict, IpVerdict::bad_header);
  }
}

TEST(IpDecoder, Ipv4HeaderBeyondTotalLength_IsBadHeader) {
  Packet packet = packet4();
  packet[0] = 0x4f;  // 60 bytes announced, 36 present
  EXPECT_EQ(decode(packet).verdict, IpVerdict::bad_header);
  packet.resize(100);  // padding does not help
  EXPECT_EQ(decode(packet).verdict, IpVerdict::bad_header);
}

TEST(IpDecoder, Ipv4TotalLengthBelowTheHeader_IsBadLength) {
  Packet packet = packet4();
  for (const std::size_t length : {std::size_t{1}, kHeader4 - 1}) {
    put_u16(packet, 2, length);
    EXPECT_EQ(decode(packet).verdict, IpVerdict::bad_length) << length;
  }
  put_u16(packet, 2, kHeader4);
  const IpResult empty = decode(packet);
  EXPECT_EQ(empty.verdict, IpVerdict::datagram);
  EXPECT_TRUE(empty.datagram.payload.empty());
}

TEST(IpDecoder, Ipv4Options_AreSkipped) {
  Packet packet = packet4();
  packet[0] = 0x46;
  packet.insert(packet.begin() + kHeader4, {0x94, 4, 0, 0});  // router alert
  put_u16(packet, 2, packet.size());
  expect_text(decode(packet), kA4, kB4);
}

TEST(IpDecoder, WrongIpv4Checksum_DoesNotMatter) {
  Packet packet = packet4();
  put_u16(packet, 10, 0xdead);
  expect_text(decode(packet), kA4, kB4);
}

TEST(IpDecoder, DontFragmentAlone_IsNoFragment) {
  Packet packet = packet4();
  put_u16(packet, 6, 0x4000);
  expect_text(decode(packet), kA4, kB4);
}

TEST(IpDecoder, Fragments_SayWhichPartTheyAre) {
  for (const auto& make : {packet4, packet6}) {
    for (const bool more : {true, false}) {
      const Packet packet =
          make({.protocol = 17, .identification = 0xabcd, .fragment_offset = 1480, .more_fragments = more}, kText);
      const IpResult result = decode(packet);
      ASSERT_EQ(result.verdict, IpVerdict::datagram);
      ASSERT_TRUE(result.datagram.fragment);
      EXPECT_EQ(result.datagram.fragment->identification, 0xabcdU);
      EXPECT_EQ(result.datagram.fragment->offset, 1480U);
      EXPECT_EQ(result.datagram.fragment->more_fragments, more);
      EXPECT_EQ(result.datagram.protocol, kProtocolUdp);
      EXPECT_EQ(as_text(result.datagram.payload), kText);
    }
  }
}

TEST(IpDecoder, FirstFragment_HasOffsetZero) {
  for (const auto& make : {packet4, packet6}) {
    const IpResult result = decode(make({.protocol = 17, .more_fragments = true}, kText));
    ASSERT_TRUE(result.datagram.fragment);
    EXPECT_EQ(result.datagram.fragment->offset, 0U);
    EXPECT_TRUE(result.datagram.fragment->more_fragments);
  }
}

TEST(IpDecoder, AtomicFragment_IsAWholeDatagram) {  // RFC 6946
  expect_text(decode(with_extensions(44, {17, 0, 0, 0, 0, 0, 0, 1})), kA6, kB6);
}

TEST(IpDecoder, ExtensionAfterAFragmentHeader_IsPayloadOfTheFragment) {
  const Packet packet = with_extensions(44, {60, 0, 0, 1, 0, 0, 0, 9, 17, 0, 1, 4, 0, 0, 0, 0});
  const IpResult result = decode(packet);
  ASSERT_TRUE(result.datagram.fragment);
  EXPECT_EQ(result.datagram.protocol, 60);
  EXPECT_EQ(result.datagram.payload.size(), 8 + kText.size());
}

TEST(IpDecoder, MoreAnnouncedThanTheFrameHeld_IsBadLength) {
  for (const Packet& whole : {packet4(), packet6()}) {
    const Bytes cut = Bytes(whole).first(whole.size() - 5);
    EXPECT_EQ(decode(cut, 5).verdict, IpVerdict::datagram);
    EXPECT_EQ(decode(cut, 4).verdict, IpVerdict::bad_length);
    EXPECT_EQ(decode(cut).verdict, IpVerdict::bad_length);
  }
}

TEST(IpDecoder, LengthZeroAndCut_TheRestIsMissing) {
  Packet packet = packet4();
  put_u16(packet, 2, 0);
  const IpResult result = decode(Bytes(packet).first(packet.size() - 5), 5);
  ASSERT_EQ(result.verdict, IpVerdict::datagram);
  EXPECT_EQ(result.datagram.missing_bytes, 5U);
}

TEST(IpDecoder, UnknownCut_TheHeaderTellsWhatIsMissing) {
  for (Packet packet : {packet4(), packet6()}) {
    const Bytes cut = Bytes(packet).first(packet.size() - 5);
    const IpResult result = decode(cut, link::kUnknownCut);
    ASSERT_EQ(result.verdict, IpVerdict::datagram);
    EXPECT_EQ(result.datagram.missing_bytes, 5U);
    EXPECT_EQ(decode(packet, link::kUnknownCut).datagram.missing_bytes, 0U);
    put_u16(packet, packet[0] >> 4 == 4 ? 2 : 4, 0);
    EXPECT_EQ(decode(packet, link::kUnknownCut).datagram.missing_bytes, 0U);
  }
}

TEST(IpDecoder, EachExtensionHeader_IsSkipped) {
  const Packet eight{17, 0, 1, 4, 0, 0, 0, 0};
  const Packet sixteen{17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (const std::uint8_t header : {std::uint8_t{0}, std::uint8_t{43}, std::uint8_t{60}}) {
    expect_text(decode(with_extensions(header, eight)), kA6, kB6);
    expect_text(decode(with_extensions(header, sixteen)), kA6, kB6);
  }
}

TEST(IpDecoder, AuthenticationHeader_CountsInWordsOfFour) {  // RFC 4302, 2.2: 24 bytes are 4
  Packet header(24);
  header[0] = 17;
  header[1] = 4;
  expect_text(decode(with_extensions(51, header)), kA6, kB6);
}

TEST(IpDecoder, NoNextHeaderAndUnknownProtocols_EndTheChain) {
  for (const std::uint8_t protocol : {std::uint8_t{59}, std::uint8_t{50}, std::uint8_t{58}, std::uint8_t{255}}) {
    const IpResult result = decode(packet6({.protocol = protocol}));
    ASSERT_EQ(result.verdict, IpVerdict::datagram);
    EXPECT_EQ(result.datagram.protocol, protocol);
  }
}

TEST(IpDecoder, ExtensionBeyondThePayloadLength_IsBadHeader) {
  Packet packet = with_extensions(0, {17, 0, 1, 4, 0, 0, 0, 0});
  put_u16(packet, 4, 7);
  EXPECT_EQ(decode(packet).verdict, IpVerdict::bad_header);
  EXPECT_EQ(decode(with_extensions(0, {17, 255, 1, 4, 0, 0, 0, 0})).verdict, IpVerdict::bad_header);
}

TEST(IpDecoder, OneExtensionTooMany_SaysSo) {
  const auto chain_of = [](int headers) {
    Packet chain;
    for (int i = 0; i < headers; ++i) {
      chain.insert(chain.end(), {static_cast<std::uint8_t>(i + 1 < headers ? 60 : 17), 0, 1, 4, 0, 0, 0, 0});
    }
    return with_extensions(60, chain);
  };
  const Packet longest = chain_of(kMaxExtensionHeaders);
  expect_text(decode(longest), kA6, kB6);
  EXPECT_EQ(decode(chain_of(kMaxExtensionHeaders + 1)).verdict, IpVerdict::too_many_extensions);
}

}  // namespace
}  // namespace logsniffd::ip
