// The kernel filter, run over packets of every kind: what it must never drop, and what it should drop.
#include <gtest/gtest.h>

#include "daemon/capture/bpf_expression.hpp"
#include "tests/support/link_builder.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::capture {
namespace {

using test::endpoint;
using test::Packet;

constexpr LinkType kLinkTypes[] = {LinkType::ethernet,
                                   LinkType::linux_sll,
                                   LinkType::linux_sll2,
                                   LinkType::raw,
                                   LinkType::null,
                                   LinkType::loop,
                                   LinkType::ipv4,
                                   LinkType::ppp,
                                   LinkType::cisco_hdlc,
                                   LinkType::ieee80211,
                                   LinkType::ieee80211_radiotap};

Packet framed(const Packet& ip, LinkType type) {
  switch (type) {
    case LinkType::ethernet:
      return test::ethernet(ip);
    case LinkType::linux_sll:
      return test::sll(ip);
    case LinkType::linux_sll2:
      return test::sll2(ip, 7);
    case LinkType::null:
      return test::null_loopback(ip);
    case LinkType::loop:
      return test::open_loopback(ip);
    case LinkType::ppp:
      return test::in_hdlc_framing(test::ppp(ip));
    case LinkType::cisco_hdlc:
      return test::cisco_hdlc(ip);
    case LinkType::ieee80211:
      return test::ieee80211(test::snap(ip));
    case LinkType::ieee80211_radiotap:
      return test::radiotap(test::ieee80211(test::snap(ip)));
    default:
      return ip;
  }
}

bool passes(const std::string& expression, const Packet& bytes, LinkType type) {
  BpfExpression compiled(expression);
  return compiled.matches({bytes, static_cast<std::uint32_t>(bytes.size()), {}, type, 0, {}});
}

WatchedTraffic syslog_ports() {
  WatchedTraffic watched;
  watched.tcp_ports = {{601, 601}, {6000, 6010}};
  watched.udp_ports = {{514, 514}};
  return watched;
}

class EveryLinkType : public ::testing::TestWithParam<LinkType> {
 protected:
  // On 802.11, the ports are not always where libpcap looks for them: whatever may hold some passes.
  [[nodiscard]] bool cannot_look_at_ports() const {
    return GetParam() == LinkType::ieee80211 || GetParam() == LinkType::ieee80211_radiotap;
  }
  [[nodiscard]] bool passes_ip(const WatchedTraffic& watched, const Packet& ip) const {
    return passes(kernel_expression(watched, GetParam()), framed(ip, GetParam()), GetParam());
  }
  static Packet udp(std::string_view src, std::string_view dst) {
    return test::udp_packet(endpoint(src), endpoint(dst), "hello");
  }
  static Packet tcp(std::string_view src, std::string_view dst) {
    return test::tcp_packet(endpoint(src), endpoint(dst), {}, "hello");
  }
};

TEST_P(EveryLinkType, WatchedPort_PassesInBothDirections) {
  const WatchedTraffic watched = syslog_ports();
  EXPECT_TRUE(passes_ip(watched, udp("10.0.0.1:40000", "10.0.0.2:514")));
  EXPECT_TRUE(passes_ip(watched, udp("10.0.0.2:514", "10.0.0.1:40000")));
  EXPECT_TRUE(passes_ip(watched, tcp("10.0.0.1:40000", "10.0.0.2:601")));
  EXPECT_TRUE(passes_ip(watched, tcp("10.0.0.2:6000", "10.0.0.1:40000")));
  EXPECT_TRUE(passes_ip(watched, tcp("10.0.0.1:40000", "10.0.0.2:6010")));
}

TEST_P(EveryLinkType, OtherPortOrOtherProtocol_IsKeptOutWhereThePortsAreSeen) {
  const WatchedTraffic watched = syslog_ports();
  for (const Packet& other : {udp("10.0.0.1:40000", "10.0.0.2:515"), udp("10.0.0.1:40000", "10.0.0.2:601"),
                              tcp("10.0.0.1:40000", "10.0.0.2:514"), tcp("10.0.0.1:40000", "10.0.0.2:6011")}) {
    EXPECT_EQ(passes_ip(watched, other), cannot_look_at_ports());
  }
}

TEST_P(EveryLinkType, EveryFragmentOfFour_Passes) {
  const auto src = endpoint("10.0.0.1:40000");
  const auto dst = endpoint("10.0.0.2:514");
  const Packet datagram = test::udp(src, dst, std::string(100, 'x'));
  const auto fragments = test::ip_fragments(src.address, dst.address, {.protocol = 17}, datagram, 48);
  ASSERT_GE(fragments.size(), 3U);
  for (const Packet& fragment : fragments) EXPECT_TRUE(passes_ip(syslog_ports(), fragment));
}

TEST_P(EveryLinkType, AnyPort_PassesTransportsButNothingElseWhereTheyAreSeen) {
  WatchedTraffic watched;
  watched.any_port = true;
  EXPECT_TRUE(passes_ip(watched, udp("10.0.0.1:1", "10.0.0.2:2")));
  EXPECT_TRUE(passes_ip(watched, tcp("10.0.0.1:1", "10.0.0.2:2")));
  const Packet icmp =
      test::ip(endpoint("10.0.0.1:0").address, endpoint("10.0.0.2:0").address, {.protocol = 1}, Packet(16));
  EXPECT_EQ(passes_ip(watched, icmp), cannot_look_at_ports());
}

TEST_P(EveryLinkType, MoreRangesThanAProgramShouldHold_PassWithTheWholeProtocol) {
  WatchedTraffic watched;
  for (std::uint16_t port = 1000; port < 1400; port = static_cast<std::uint16_t>(port + 2)) {
    watched.udp_ports.push_back({port, port});
  }
  EXPECT_TRUE(passes_ip(watched, udp("10.0.0.1:40000", "10.0.0.2:1398")));
  EXPECT_TRUE(passes_ip(watched, udp("10.0.0.1:40000", "10.0.0.2:999")));
  EXPECT_EQ(passes_ip(watched, tcp("10.0.0.1:40000", "10.0.0.2:1000")), cannot_look_at_ports());
}

TEST_P(EveryLinkType, UserExpression_NarrowsAndKeepsItsPrecedence) {
  const std::string both =
      both_expressions("host 10.0.0.1 or host 10.0.0.9", kernel_expression(syslog_ports(), GetParam()));
  const auto judge = [&](const Packet& ip) { return passes(both, framed(ip, GetParam()), GetParam()); };
  EXPECT_TRUE(judge(udp("10.0.0.1:40000", "10.0.0.2:514")));
  EXPECT_TRUE(judge(udp("10.0.0.9:40000", "10.0.0.2:514")));
  EXPECT_FALSE(judge(udp("10.0.0.3:40000", "10.0.0.2:514")));
  EXPECT_EQ(judge(udp("10.0.0.1:40000", "10.0.0.2:515")), cannot_look_at_ports());
  EXPECT_EQ(judge(udp("10.0.0.9:40000", "10.0.0.2:515")), cannot_look_at_ports());
}

INSTANTIATE_TEST_SUITE_P(KernelExpression, EveryLinkType, ::testing::ValuesIn(kLinkTypes),
                         [](const auto& instance) { return to_string(instance.param); });

TEST(KernelExpression, Everything_IsEmpty) {
  WatchedTraffic watched = syslog_ports();
  watched.everything = true;
  EXPECT_EQ(kernel_expression(watched, LinkType::ethernet), "");
}

TEST(KernelExpression, VersionSix_PortsFragmentsAndExtensionHeadersPass) {
  const std::string expression = kernel_expression(syslog_ports(), LinkType::ethernet);
  const auto src = endpoint("[fe80::1]:40000");
  const auto dst = endpoint("[fe80::2]:514");
  EXPECT_TRUE(passes(expression, test::ethernet(test::udp_packet(src, dst, "x")), LinkType::ethernet));
  EXPECT_FALSE(
      passes(expression, test::ethernet(test::udp_packet(src, endpoint("[fe80::2]:515"), "x")), LinkType::ethernet));
  const auto fragments =
      test::ip_fragments(src.address, dst.address, {.protocol = 17}, test::udp(src, dst, std::string(100, 'x')), 48);
  ASSERT_GE(fragments.size(), 3U);
  for (const Packet& fragment : fragments)
    EXPECT_TRUE(passes(expression, test::ethernet(fragment), LinkType::ethernet));
  // A destination-options header between IPv6 and UDP hides the ports from the filter.
  Packet options = {17, 0, 1, 4, 0, 0, 0, 0};
  const Packet datagram = test::udp(src, dst, "x");
  options.insert(options.end(), datagram.begin(), datagram.end());
  const Packet behind = test::ip(src.address, dst.address, {.protocol = 60}, options);
  EXPECT_TRUE(passes(expression, test::ethernet(behind), LinkType::ethernet));
}

TEST(KernelExpression, TaggedFrame_PassesOnEthernetWhateverItsPort) {
  const std::string expression = kernel_expression(syslog_ports(), LinkType::ethernet);
  const Packet watched = test::udp_packet(endpoint("10.0.0.1:1"), endpoint("10.0.0.2:514"), "x");
  EXPECT_TRUE(passes(expression, test::ethernet(watched, {10}), LinkType::ethernet));
  EXPECT_TRUE(passes(expression, test::ethernet(watched, {10, 20}), LinkType::ethernet));
}

// On a cooked capture, if the kernel removed the outer tag, the inner tag is the protocol of the frame.
TEST(KernelExpression, TaggedFrame_PassesOnCookedCaptures) {
  const Packet watched = test::udp_packet(endpoint("10.0.0.1:1"), endpoint("10.0.0.2:514"), "x");
  Packet sll = test::sll(watched);
  sll[14] = 0x81;
  sll[15] = 0x00;
  EXPECT_TRUE(passes(kernel_expression(syslog_ports(), LinkType::linux_sll), sll, LinkType::linux_sll));
  Packet sll2 = test::sll2(watched, 7);
  sll2[0] = 0x81;
  sll2[1] = 0x00;
  EXPECT_TRUE(passes(kernel_expression(syslog_ports(), LinkType::linux_sll2), sll2, LinkType::linux_sll2));
}

TEST(KernelExpression, OverlappingRanges_AreMergedToTheEdgeOfTheNumbers) {
  WatchedTraffic watched;
  watched.udp_ports = {{100, 200}, {0, 99}, {150, 65535}, {65535, 65535}};
  const std::string expression = kernel_expression(watched, LinkType::raw);
  EXPECT_EQ(expression.substr(0, expression.find(')') + 1), "(udp and (portrange 0-65535)");
}

TEST(BothExpressions, EitherEmpty_IsTheOther) {
  EXPECT_EQ(both_expressions("", "tcp"), "tcp");
  EXPECT_EQ(both_expressions("udp", ""), "udp");
  EXPECT_EQ(both_expressions("", ""), "");
}

TEST(BothExpressions, WordThatMovesOffsets_LeavesTheUsersAlone) {
  EXPECT_EQ(both_expressions("vlan 10 and udp", "tcp"), "vlan 10 and udp");
  EXPECT_EQ(both_expressions("udp or(mpls)", "tcp"), "udp or(mpls)");
  EXPECT_EQ(both_expressions("host vlan_gateway", "tcp"), "(host vlan_gateway) and (tcp)");
}

TEST(KernelExpression, HeadersThatHidePorts_PassOnEthernetAndOnAny) {
  using namespace test;
  const Packet ip = udp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:515"), "x");
  const auto passes_as = [&](std::uint16_t ether_type, const Packet& payload) {
    EXPECT_TRUE(passes(kernel_expression(syslog_ports(), LinkType::ethernet), ethernet_type(ether_type, payload),
                       LinkType::ethernet));
    EXPECT_TRUE(passes(kernel_expression(syslog_ports(), LinkType::linux_sll), sll_type(ether_type, payload),
                       LinkType::linux_sll));
    EXPECT_TRUE(passes(kernel_expression(syslog_ports(), LinkType::linux_sll2), sll2_type(ether_type, payload),
                       LinkType::linux_sll2));
  };
  passes_as(kMplsUnicast, mpls(ip));
  passes_as(0x8848, mpls(ip));
  passes_as(kPppoeSession, pppoe(ppp(ip)));
  passes_as(0x88e7, Packet(40));
}

TEST(KernelExpression, LlcOfIp_Passes) {
  using namespace test;
  const Packet ip = udp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:515"), "x");
  const std::string expression = kernel_expression(syslog_ports(), LinkType::ethernet);
  EXPECT_TRUE(passes(expression, ieee8023(snap(ip)), LinkType::ethernet));
  Packet llc = {6, 6, 3};
  llc.insert(llc.end(), ip.begin(), ip.end());
  EXPECT_TRUE(passes(expression, ieee8023(llc), LinkType::ethernet));
  EXPECT_FALSE(passes(expression, ieee8023(Packet{0x42, 0x42, 3, 0, 0}), LinkType::ethernet));  // spanning tree
}

TEST(KernelExpression, LlcRadiotapAndPppOnCookedCaptures_Pass) {
  using namespace test;
  const Packet ip = udp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:515"), "x");
  const std::string sll = kernel_expression(syslog_ports(), LinkType::linux_sll);
  const std::string sll2 = kernel_expression(syslog_ports(), LinkType::linux_sll2);
  const auto passes_as = [&](std::uint16_t protocol, const Packet& payload) {
    EXPECT_TRUE(passes(sll, sll_type(protocol, payload), LinkType::linux_sll)) << protocol;
    EXPECT_TRUE(passes(sll2, sll2_type(protocol, payload), LinkType::linux_sll2)) << protocol;
  };
  passes_as(4, snap(ip));
  passes_as(4, radiotap(test::ieee80211(snap(ip))));
  passes_as(7, in_hdlc_framing(ppp(ip)));
  EXPECT_FALSE(passes(sll, sll_type(0x0806, ip), LinkType::linux_sll));
  EXPECT_FALSE(passes(sll2, sll2_type(0x0806, ip), LinkType::linux_sll2));
}

TEST(KernelExpression, DataFramesInTheClear_PassWithHeadersOfEveryLength) {
  using namespace test;
  const Packet llc = snap(udp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"), "x"));
  constexpr std::uint16_t kFourAddresses = 0x0300;
  constexpr std::uint16_t kQosWithHtControl = 0x8180;
  constexpr std::uint16_t kQos = 0x0180;
  constexpr std::uint16_t kProtected = 0x4100;
  constexpr std::uint8_t kPadded = 0x20;
  const std::string plain = kernel_expression(syslog_ports(), LinkType::ieee80211);
  const std::string radio = kernel_expression(syslog_ports(), LinkType::ieee80211_radiotap);
  for (const std::uint16_t control : {kFourAddresses, kQosWithHtControl, kQos}) {
    const Packet frame = test::ieee80211(llc, {.control = control});
    EXPECT_TRUE(passes(plain, frame, LinkType::ieee80211)) << control;
    EXPECT_TRUE(passes(radio, radiotap(frame), LinkType::ieee80211_radiotap)) << control;
  }
  const Packet padded = radiotap(ieee80211_padded(llc, {.control = kQos}), kPadded);
  EXPECT_TRUE(passes(radio, padded, LinkType::ieee80211_radiotap));
  const Packet secret = test::ieee80211(Packet(40, 0x5a), {.control = kProtected});
  EXPECT_FALSE(passes(plain, secret, LinkType::ieee80211));
  EXPECT_FALSE(passes(radio, radiotap(secret), LinkType::ieee80211_radiotap));
  Packet beacon = test::ieee80211(llc);
  beacon[0] = 0x80;
  EXPECT_FALSE(passes(plain, beacon, LinkType::ieee80211));
}

}  // namespace
}  // namespace logsniffd::capture
