#include "daemon/capture/bpf_expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::capture {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

RawPacket raw(const test::Packet& bytes, LinkType type) {
  return {bytes, static_cast<std::uint32_t>(bytes.size()), {}, type, 0, {}};
}

test::Packet to_port(std::string_view destination) {
  return test::udp_packet(test::endpoint("10.0.0.1:40000"), test::endpoint(destination), "hello");
}

TEST(CheckExpression, Valid_Succeeds) { EXPECT_TRUE(check_expression("tcp port 514 and not host 10.0.0.1")); }

TEST(CheckExpression, Empty_Succeeds) { EXPECT_TRUE(check_expression("")); }

TEST(CheckExpression, Misspelt_IsUsageErrorWithLibpcapsWords) {
  const Status status = check_expression("tcp prot 514");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind(), ErrorKind::usage);
  EXPECT_THAT(status.error().message(), StartsWith("'tcp prot 514' is not a valid filter expression: "));
  EXPECT_THAT(status.error().message(), HasSubstr("syntax error"));
  EXPECT_THAT(status.error().message(), HasSubstr("; see pcap-filter(7)"));
}

TEST(CheckExpression, ValidForCookedCapturesOnly_Succeeds) { EXPECT_TRUE(check_expression("ifindex 3")); }

TEST(CheckExpression, NulInside_IsRefusedNotCutOff) { EXPECT_FALSE(check_expression(std::string("tcp\0garbage", 11))); }

TEST(CheckExpression, UnbalancedParenthesis_IsRefused) { EXPECT_FALSE(check_expression("tcp) or (udp")); }

TEST(BpfExpression, EachLinkType_HasItsOwnProgram) {
  BpfExpression expression("udp port 514");
  const test::Packet wanted = to_port("10.0.0.2:514");
  const test::Packet other = to_port("10.0.0.2:515");
  const auto judge = [&](const test::Packet& framed, LinkType type) { return expression.matches(raw(framed, type)); };
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(judge(test::ethernet(wanted), LinkType::ethernet));
    EXPECT_FALSE(judge(test::ethernet(other), LinkType::ethernet));
    EXPECT_TRUE(judge(test::sll(wanted), LinkType::linux_sll));
    EXPECT_FALSE(judge(test::sll(other), LinkType::linux_sll));
    EXPECT_TRUE(judge(test::sll2(wanted, 3), LinkType::linux_sll2));
    EXPECT_FALSE(judge(test::sll2(other, 3), LinkType::linux_sll2));
    EXPECT_TRUE(judge(wanted, LinkType::raw));
    EXPECT_FALSE(judge(other, LinkType::raw));
    EXPECT_TRUE(judge(test::null_loopback(wanted), LinkType::null));
    EXPECT_FALSE(judge(test::null_loopback(other), LinkType::null));
  }
}

TEST(BpfExpression, NoMeaningForLinkType_MatchesNothing) {
  BpfExpression expression("ifindex 3");
  const test::Packet packet = to_port("10.0.0.2:514");
  EXPECT_FALSE(expression.matches(raw(test::ethernet(packet), LinkType::ethernet)));
  EXPECT_TRUE(expression.matches(raw(test::sll2(packet, 3), LinkType::linux_sll2)));
}

TEST(BpfExpression, MoreLinkTypesThanItKeeps_StaysRight) {
  BpfExpression expression("udp port 514");
  const test::Packet framed = test::ethernet(to_port("10.0.0.2:514"));
  for (std::uint16_t type = 4000; type < 4050; ++type) {
    EXPECT_FALSE(expression.matches(raw(framed, static_cast<LinkType>(type))));
    EXPECT_TRUE(expression.matches(raw(framed, LinkType::ethernet)));
  }
}

TEST(BpfExpression, EmptyPacket_DoesNotMatch) {
  BpfExpression expression("udp port 514");
  EXPECT_FALSE(expression.matches(raw({}, LinkType::ethernet)));
}

TEST(BpfExpression, Moved_KeepsWorking) {
  BpfExpression first("udp");
  BpfExpression second = std::move(first);
  EXPECT_TRUE(second.matches(raw(to_port("10.0.0.2:1"), LinkType::raw)));
}

TEST(LinkTypeName, Known_IsLibpcapsName) {
  EXPECT_EQ(to_string(LinkType::ethernet), "EN10MB");
  EXPECT_EQ(to_string(LinkType::linux_sll), "LINUX_SLL");
  EXPECT_EQ(to_string(LinkType::linux_sll2), "LINUX_SLL2");
  EXPECT_EQ(to_string(LinkType::raw), "RAW");
  EXPECT_EQ(to_string(LinkType::null), "NULL");
}

TEST(LinkTypeName, Unknown_IsItsNumber) {
  EXPECT_EQ(to_string(static_cast<LinkType>(4711)), "LINKTYPE 4711");
  // 12 is DLT_RAW here, but not LINKTYPE_RAW.
  EXPECT_EQ(to_string(static_cast<LinkType>(12)), "LINKTYPE 12");
}

}  // namespace
}  // namespace logsniffd::capture
