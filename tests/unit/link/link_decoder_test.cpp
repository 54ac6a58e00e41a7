#include "daemon/link/link_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/support/link_builder.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::link {
namespace {

using capture::LinkType;
using test::Packet;

const Packet kIpv4 = test::udp_packet(test::endpoint("10.0.0.1:5000"), test::endpoint("10.0.0.2:514"),
                                      "a payload that is long enough to need no Ethernet padding");
const Packet kIpv6 = test::udp_packet(test::endpoint("[fe80::1]:5000"), test::endpoint("[fe80::2]:514"), "hello");

struct Frame {
  LinkType type;
  Packet bytes;
  std::size_t header;
  const Packet* ip;
  std::size_t needed = header;  // to know that IP follows: MPLS does not say, its first byte does
};

// Frames in which several headers nest, or that begin with another one than Ethernet.
void add_nested_frames(const Packet& ip, std::vector<Frame>& frames) {
  using namespace test;
  const auto add = [&](LinkType type, const Packet& bytes) {
    frames.push_back({type, bytes, bytes.size() - ip.size(), &ip});
  };
  const auto add_mpls = [&](LinkType type, const Packet& bytes) {
    add(type, bytes);
    ++frames.back().needed;
  };
  const Packet plain = ethernet_type(ether_type_of(ip), ip);
  const Packet session = pppoe(ppp(ip));
  add(LinkType::ethernet, ieee8023(snap(ip)));
  add(LinkType::ethernet, ieee8023(snap(ip, 0xf8)));
  add(LinkType::ethernet, vlan_type(static_cast<std::uint16_t>(snap(ip).size()), snap(ip)));
  add(LinkType::ethernet, ieee8021ah(plain));
  add_mpls(LinkType::ethernet, ethernet_type(kMplsUnicast, mpls(ip, 3)));
  add(LinkType::ethernet, ethernet_type(kMplsUnicast, mpls(control_word(plain))));
  add(LinkType::ethernet, ethernet_type(kPppoeSession, session));
  add(LinkType::ethernet, vlan_type(kPppoeSession, session));
  add_mpls(LinkType::ethernet, ethernet_type(kPppoeSession, pppoe(ppp_protocol(0x0281, mpls(ip)))));
  add(LinkType::linux_sll, sll_type(kPppoeSession, session));
  add(LinkType::linux_sll2, sll2_type(kPppoeSession, session));
  add(LinkType::linux_sll, sll_type(0x0004, snap(ip)));
  add(LinkType::linux_sll, sll_type(0x0007, in_hdlc_framing(ppp(ip))));
  add(LinkType::ppp, ppp(ip));
  add(LinkType::ppp, in_hdlc_framing(ppp(ip)));
  add(LinkType::ppp_hdlc, in_hdlc_framing(ppp(ip)));
  add(LinkType::ppp_hdlc, cisco_hdlc(ip));
  add(LinkType::ppp_ether, session);
  add(LinkType::cisco_hdlc, cisco_hdlc(ip));
  add_mpls(LinkType::mpls, mpls(ip, 2));
  add(LinkType::ieee80211, ieee80211(snap(ip)));
  add(LinkType::ieee80211, ieee80211(snap(ip), {.control = 0x0380}));  // four addresses and QoS
  add(LinkType::ieee80211_radiotap, radiotap(ieee80211(snap(ip))));
  Packet logged = nflog(ip);
  logged.resize(4 + 8 + 4 + ip.size());  // without the padding of the last attribute
  add(LinkType::nflog, logged);
  add(LinkType::pktap, pktap(1, plain));
  add(LinkType::pktap, pktap(12, ip));
}

std::vector<Frame> every_kind_of_frame() {
  std::vector<Frame> frames;
  for (const Packet* ip : {&kIpv4, &kIpv6}) {
    frames.push_back({LinkType::ethernet, test::ethernet(*ip), 14, ip});
    frames.push_back({LinkType::ethernet, test::ethernet(*ip, {7}), 18, ip});
    frames.push_back({LinkType::ethernet, test::ethernet(*ip, {7, 8}), 22, ip});
    frames.push_back({LinkType::ethernet, test::ethernet(*ip, {7, 8, 9, 10}), 30, ip});
    frames.push_back({LinkType::linux_sll, test::sll(*ip), 16, ip});
    frames.push_back({LinkType::linux_sll2, test::sll2(*ip, 3), 20, ip});
    frames.push_back({LinkType::null, test::null_loopback(*ip), 4, ip});
    frames.push_back({LinkType::loop, test::open_loopback(*ip), 4, ip});
    frames.push_back({LinkType::raw, *ip, 0, ip});
    frames.push_back({ip == &kIpv4 ? LinkType::ipv4 : LinkType::ipv6, *ip, 0, ip});
    add_nested_frames(*ip, frames);
  }
  return frames;
}

void put_u16(Packet& packet, std::size_t at, std::uint16_t value) {
  packet[at] = static_cast<std::uint8_t>(value >> 8);
  packet[at + 1] = static_cast<std::uint8_t>(value & 0xff);
}

TEST(LinkDecoder, EveryLinkType_YieldsTheIpPacket) {
  for (const Frame& frame : every_kind_of_frame()) {
    const LinkPayload payload = decode(frame.type, frame.bytes);
    ASSERT_EQ(payload.verdict, LinkVerdict::ip);
    ASSERT_GE(payload.ip.size(), frame.ip->size());
    EXPECT_TRUE(std::ranges::equal(payload.ip.first(frame.ip->size()), *frame.ip));
    EXPECT_EQ(payload.ip.data(), frame.bytes.data() + frame.header);
    EXPECT_EQ(payload.ip.size(), frame.bytes.size() - frame.header);
  }
}

TEST(LinkDecoder, EveryTruncation_IsTruncatedInsideTheHeaderAndAShorterViewBehindIt) {
  for (const Frame& frame : every_kind_of_frame()) {
    for (std::size_t size = 0; size < frame.bytes.size(); ++size) {
      const Packet cut(frame.bytes.begin(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const LinkPayload payload = decode(frame.type, cut, frame.bytes.size() - size);
      ASSERT_EQ(payload.verdict, size < frame.needed ? LinkVerdict::truncated : LinkVerdict::ip);
      ASSERT_EQ(payload.ip.size(), size < frame.needed ? 0 : size - frame.header);
      if (payload.verdict != LinkVerdict::ip) continue;
      ASSERT_EQ(payload.cut_bytes, frame.type == LinkType::nflog ? kUnknownCut : frame.bytes.size() - size);
    }
  }
}

TEST(LinkDecoder, EthernetPadding_StaysForTheIpRoomToCut) {
  const Packet frame =
      test::ethernet(test::udp_packet(test::endpoint("10.0.0.1:1"), test::endpoint("10.0.0.2:2"), "x"));
  ASSERT_EQ(frame.size(), 60U);
  EXPECT_EQ(decode(LinkType::ethernet, frame).ip.size(), 46U);
}

TEST(LinkDecoder, OldQinQTag_IsStripped) {
  Packet frame = test::ethernet(kIpv4, {7, 8});
  put_u16(frame, 12, 0x9100);
  EXPECT_EQ(decode(LinkType::ethernet, frame).verdict, LinkVerdict::ip);
}

TEST(LinkDecoder, OneTagTooMany_IsTooDeep) {
  EXPECT_EQ(decode(LinkType::ethernet, test::ethernet(kIpv4, {1, 2, 3, 4})).verdict, LinkVerdict::ip);
  EXPECT_EQ(decode(LinkType::ethernet, test::ethernet(kIpv4, {1, 2, 3, 4, 5})).verdict, LinkVerdict::too_many_tags);
}

TEST(LinkDecoder, TagsInSeveralHeaders_CountTogether) {
  const auto tagged = [](const std::vector<std::uint16_t>& inner) {  // the backbone tag is one more
    return decode(LinkType::ethernet, test::ieee8021ah(test::ethernet(kIpv4, inner))).verdict;
  };
  EXPECT_EQ(tagged({1, 2, 3}), LinkVerdict::ip);
  EXPECT_EQ(tagged({1, 2, 3, 4}), LinkVerdict::too_many_tags);
}

TEST(LinkDecoder, HeadersInsideEachOther_AreBounded) {
  const auto nested = [](int pseudowires) {  // two headers each, and the last one: a control word belongs to its stack
    Packet frame = test::ethernet_type(0x0800, kIpv4);
    for (int i = 0; i < pseudowires; ++i) {
      frame = test::ethernet_type(test::kMplsUnicast, test::mpls(test::control_word(frame)));
    }
    return decode(LinkType::ethernet, frame).verdict;
  };
  static_assert(kMaxLinkHeaders == 16);
  EXPECT_EQ(nested(7), LinkVerdict::ip);        // 15 headers
  EXPECT_EQ(nested(8), LinkVerdict::too_deep);  // 17
}

TEST(LinkDecoder, ArpLengthsAndUnknownTypes_AreNotIp) {
  Packet frame = test::ethernet(kIpv4);
  for (const std::uint16_t ether_type : std::array<std::uint16_t, 6>{0x0806, 0x88cc, 0x0026, 0x05ff, 0x0003, 0xffff}) {
    put_u16(frame, 12, ether_type);
    const LinkPayload payload = decode(LinkType::ethernet, frame);
    EXPECT_EQ(payload.verdict, LinkVerdict::not_ip) << ether_type;
    EXPECT_TRUE(payload.ip.empty());
  }
}

TEST(LinkDecoder, ArpBehindATag_IsNotIp) {
  Packet frame = test::ethernet(kIpv4, {7});
  put_u16(frame, 16, 0x0806);
  EXPECT_EQ(decode(LinkType::ethernet, frame).verdict, LinkVerdict::not_ip);
}

TEST(LinkDecoder, SllPacketType_TellsTheDirection) {
  for (std::uint8_t type = 0; type < 4; ++type) {
    EXPECT_EQ(decode(LinkType::linux_sll, test::sll(kIpv4, type)).direction, PacketDirection::incoming);
    EXPECT_EQ(decode(LinkType::linux_sll2, test::sll2(kIpv4, 3, type)).direction, PacketDirection::incoming);
  }
  EXPECT_EQ(decode(LinkType::linux_sll, test::sll(kIpv4, 4)).direction, PacketDirection::outgoing);
  EXPECT_EQ(decode(LinkType::linux_sll2, test::sll2(kIpv4, 3, 4)).direction, PacketDirection::outgoing);
  EXPECT_EQ(decode(LinkType::ethernet, test::ethernet(kIpv4)).direction, PacketDirection::unknown);
}

TEST(LinkDecoder, Sll2_CarriesTheInterfaceIndex) {
  EXPECT_EQ(decode(LinkType::linux_sll2, test::sll2(kIpv4, 0x01020304)).interface_index, 0x01020304U);
  EXPECT_EQ(decode(LinkType::linux_sll, test::sll(kIpv4)).interface_index, 0U);
}

TEST(LinkDecoder, TagInsideSll_IsStripped) {
  Packet frame = test::sll(kIpv4);
  put_u16(frame, 14, 0x8100);
  frame.insert(frame.begin() + 16, {0x00, 0x07, 0x08, 0x00});
  const LinkPayload payload = decode(LinkType::linux_sll, frame);
  ASSERT_EQ(payload.verdict, LinkVerdict::ip);
  EXPECT_TRUE(std::ranges::equal(payload.ip, kIpv4));
}

TEST(LinkDecoder, TagInsideSll2_IsStripped) {
  Packet frame = test::sll2(kIpv6, 3);
  put_u16(frame, 0, 0x88a8);
  frame.insert(frame.begin() + 20, {0x00, 0x07, 0x86, 0xdd});
  const LinkPayload payload = decode(LinkType::linux_sll2, frame);
  ASSERT_EQ(payload.verdict, LinkVerdict::ip);
  EXPECT_TRUE(std::ranges::equal(payload.ip, kIpv6));
  EXPECT_EQ(payload.interface_index, 3U);
}

TEST(LinkDecoder, NonIpInSll_IsNotIp) {
  Packet frame = test::sll(kIpv4);
  put_u16(frame, 14, 0x0004);  // 802.2
  EXPECT_EQ(decode(LinkType::linux_sll, frame).verdict, LinkVerdict::not_ip);
}

TEST(LinkDecoder, TypeOfInterfaceInCookedCaptures_ComesBeforeAProtocolOtherThanIp) {
  const auto of = [](std::uint16_t arphrd, std::uint16_t protocol, const Packet& payload) {
    Packet sll = test::sll_type(protocol, payload);
    put_u16(sll, 2, arphrd);
    Packet sll2 = test::sll2_type(protocol, payload);
    put_u16(sll2, 8, arphrd);
    const LinkVerdict verdict = decode(LinkType::linux_sll, sll).verdict;
    EXPECT_EQ(decode(LinkType::linux_sll2, sll2).verdict, verdict);
    return verdict;
  };
  EXPECT_EQ(of(803, 0x0004, test::radiotap(test::ieee80211(test::snap(kIpv4)))), LinkVerdict::ip);
  EXPECT_EQ(of(1, 0x0004, test::snap(kIpv4)), LinkVerdict::ip);
  EXPECT_EQ(of(770, 0x0004, test::snap(kIpv4)), LinkVerdict::not_ip);
  EXPECT_EQ(of(824, 0x0004, test::snap(kIpv4)), LinkVerdict::not_ip);  // a family of netlink
  EXPECT_EQ(of(770, 0x0800, kIpv4), LinkVerdict::ip);
}

TEST(LinkDecoder, NullInEitherByteOrder_IsIpForEveryFamilyNumber) {
  for (const std::uint8_t family : std::array<std::uint8_t, 5>{2, 10, 24, 28, 30}) {
    EXPECT_EQ(decode(LinkType::null, Packet{family, 0, 0, 0, 0x45}).verdict, LinkVerdict::ip) << int{family};
    EXPECT_EQ(decode(LinkType::null, Packet{0, 0, 0, family, 0x45}).verdict, LinkVerdict::ip) << int{family};
    EXPECT_EQ(decode(LinkType::loop, Packet{0, 0, 0, family, 0x45}).verdict, LinkVerdict::ip) << int{family};
  }
}

TEST(LinkDecoder, OtherFamilies_AreNotIp) {
  EXPECT_EQ(decode(LinkType::null, Packet{7, 0, 0, 0, 0x45}).verdict, LinkVerdict::not_ip);
  EXPECT_EQ(decode(LinkType::null, Packet{0, 2, 0, 0, 0x45}).verdict, LinkVerdict::not_ip);
  EXPECT_EQ(decode(LinkType::loop, Packet{2, 0, 0, 0, 0x45}).verdict, LinkVerdict::not_ip);  // LOOP is big-endian
}

TEST(LinkDecoder, UnknownLinkType_SaysSo) {
  EXPECT_EQ(decode(LinkType{147}, kIpv4).verdict, LinkVerdict::unsupported_link_type);
  EXPECT_EQ(decode(LinkType{65535}, {}).verdict, LinkVerdict::unsupported_link_type);
}

}  // namespace
}  // namespace logsniffd::link
