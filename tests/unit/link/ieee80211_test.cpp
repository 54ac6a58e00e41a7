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
const Packet kLlc = test::snap(kIp);

LinkVerdict of(const Packet& frame) { return decode(LinkType::ieee80211, frame).verdict; }

void expect_the_packet(LinkType type, const Packet& frame) {
  const LinkPayload payload = decode(type, frame);
  ASSERT_EQ(payload.verdict, LinkVerdict::ip);
  EXPECT_TRUE(std::ranges::equal(payload.ip, kIp));
}

TEST(Ieee80211, EveryShapeOfHeader_IsStripped) {
  for (const std::uint16_t systems : std::initializer_list<std::uint16_t>{0x0000, 0x0100, 0x0200, 0x0300}) {
    for (const std::uint16_t rest :
         std::initializer_list<std::uint16_t>{0x0000, 0x0080, 0x8080, 0x0800}) {  // QoS, with HT control, a retry
      const auto control = static_cast<std::uint16_t>(systems | rest);
      expect_the_packet(LinkType::ieee80211, test::ieee80211(kLlc, {.control = control, .sequence = 0x1230}));
    }
  }
}

TEST(Ieee80211, ManagementAndControl_AreNotIp) {
  Packet frame = test::ieee80211(kLlc);
  frame[0] = 0x80;  // a beacon
  EXPECT_EQ(of(frame), LinkVerdict::not_ip);
  EXPECT_EQ(of(Packet{0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1}), LinkVerdict::not_ip);  // an acknowledgement
}

TEST(Ieee80211, FramesWithoutData_AreNotIp) {
  EXPECT_EQ(of(test::ieee80211({}, {.control = 0x0140})), LinkVerdict::not_ip);
  EXPECT_EQ(of(test::ieee80211({}, {.control = 0x01c0})), LinkVerdict::not_ip);
}

TEST(Ieee80211, ProtectedFrame_IsEncrypted) {
  EXPECT_EQ(of(test::ieee80211(kLlc, {.control = 0x4100})), LinkVerdict::encrypted);
}

TEST(Ieee80211, PartOfAPacketAndSeveralPackets_AreNotOnePacket) {
  EXPECT_EQ(of(test::ieee80211(kLlc, {.control = 0x0500})), LinkVerdict::not_one_packet);  // more fragments
  EXPECT_EQ(of(test::ieee80211(kLlc, {.sequence = 0x0011})), LinkVerdict::not_one_packet);
  EXPECT_EQ(of(test::ieee80211(kLlc, {.control = 0x0180, .qos = 0x0080})), LinkVerdict::not_one_packet);
}

TEST(Ieee80211, OtherVersion_IsABadHeader) {
  Packet frame = test::ieee80211(kLlc);
  frame[0] |= 1;
  EXPECT_EQ(of(frame), LinkVerdict::bad_header);
}

TEST(Radiotap, PaddedHeader_IsStripped) {
  constexpr std::uint8_t kPadded = 0x20;
  for (const std::uint16_t control : std::initializer_list<std::uint16_t>{0x0100, 0x0180, 0x0380}) {
    const Packet frame = test::ieee80211_padded(kLlc, {.control = control});
    expect_the_packet(LinkType::ieee80211_radiotap, test::radiotap(frame, kPadded));
  }
}

TEST(Radiotap, ChecksumBehindTheFrame_IsNotPartOfThePacket) {
  constexpr std::uint8_t kHasChecksum = 0x10;
  Packet frame = test::radiotap(test::ieee80211(kLlc), kHasChecksum);
  const std::size_t whole = frame.size() + 4;
  while (frame.size() < whole) frame.push_back(0xfc);
  for (std::size_t cut = 0; cut < 10; ++cut) {
    const LinkPayload payload = decode(LinkType::ieee80211_radiotap, Bytes(frame).first(whole - cut), cut);
    const std::size_t missing = cut < 4 ? 0 : cut - 4;
    ASSERT_EQ(payload.verdict, LinkVerdict::ip);
    EXPECT_TRUE(std::ranges::equal(payload.ip, Bytes(kIp).first(kIp.size() - missing)));
    EXPECT_EQ(payload.cut_bytes, missing);
  }
  EXPECT_EQ(decode(LinkType::ieee80211_radiotap, test::radiotap(Packet(3), kHasChecksum)).verdict,
            LinkVerdict::bad_header);
}

TEST(Radiotap, WrongChecksum_IsReported) {
  constexpr std::uint8_t kWrong = 0x40;
  const Packet frame = test::radiotap(test::ieee80211(kLlc), kWrong);
  EXPECT_EQ(decode(LinkType::ieee80211_radiotap, frame).verdict, LinkVerdict::bad_checksum);
}

TEST(Radiotap, FlagsBehindMoreWordsOfPresence_AreFound) {
  // Two words, four bytes to align the time, the time, and the flags.
  Packet header = {0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0};
  header.resize(24);
  header.push_back(0x40);
  const Packet frame = test::ieee80211(kLlc);
  header.insert(header.end(), frame.begin(), frame.end());
  EXPECT_EQ(decode(LinkType::ieee80211_radiotap, header).verdict, LinkVerdict::bad_checksum);
}

TEST(Radiotap, ImpossibleHeaders_AreRefused) {
  Packet frame = test::radiotap(test::ieee80211(kLlc));
  frame[2] = 7;  // shorter than its fixed part
  EXPECT_EQ(decode(LinkType::ieee80211_radiotap, frame).verdict, LinkVerdict::bad_header);
  frame[2] = 17;
  frame[0] = 1;  // version
  EXPECT_EQ(decode(LinkType::ieee80211_radiotap, frame).verdict, LinkVerdict::bad_header);
}

TEST(Radiotap, HeaderShorterThanItsFields_HasNoFlags) {
  Packet frame = {0, 0, 8, 0, 3, 0, 0, 0x80};  // announces more words, and fields
  const Packet inner = test::ieee80211(kLlc);
  frame.insert(frame.end(), inner.begin(), inner.end());
  expect_the_packet(LinkType::ieee80211_radiotap, frame);
}

}  // namespace
}  // namespace logsniffd::link
