// The filters in the kernel, on real interfaces.
#include "tests/live/capture/network.hpp"

namespace logsniffd::capture {
namespace {

class FilterOn : public Network, public ::testing::WithParamInterface<const char*> {};

TEST_P(FilterOn, OtherPort_IsKeptOutByTheKernel) {
  open(options({GetParam()}));
  UdpSender(9001).send_all(0, 100);
  UdpSender(9000).send(100);
  EXPECT_TRUE(read_until([&] { return numbers.has(100); }));
  drain();
  EXPECT_EQ(numbers.total(), 1U);
  EXPECT_EQ(numbers.others, 0U);
}

// libpcap itself would filter the first blocks with the old program.
TEST_P(FilterOn, NewPortBeforeTheFirstPacket_IsSeen) {
  open(options({GetParam()}));
  ASSERT_TRUE(source->set_watched(options({}, 9001).watched, ""));
  UdpSender(9001).send_all(0, 10);
  UdpSender(9000).send_all(10, 10);
  EXPECT_TRUE(read_until([&] { return numbers.total() == 10; }));
  drain();
  EXPECT_EQ(numbers.total(), 10U);
  EXPECT_TRUE(numbers.has(9));
}

TEST_P(FilterOn, UserExpression_Narrows) {
  LiveOptions wanted = options({GetParam()});
  wanted.watched.udp_ports = {{9000, 9001}};
  wanted.expression = "udp dst port 9001 or udp dst port 9002";
  open(std::move(wanted));
  UdpSender(9000).send(1);
  UdpSender(9002).send(2);
  UdpSender(9001).send(3);
  EXPECT_TRUE(read_until([&] { return numbers.has(3); }));
  drain();
  EXPECT_EQ(numbers.total(), 1U);
}

TEST_P(FilterOn, ExpressionThatDoesNotFit_LeavesTheOldFilter) {
  open(options({GetParam()}));
  const Status refused = source->set_watched(options({}, 9001).watched, "no such word");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::usage);
  UdpSender(9001).send(1);
  UdpSender(9000).send(2);
  EXPECT_TRUE(read_until([&] { return numbers.has(2); }));
  drain();
  EXPECT_FALSE(numbers.has(1));
}

TEST_P(FilterOn, Everything_PassesEverything) {
  LiveOptions wanted = options({GetParam()});
  wanted.watched.everything = true;
  open(std::move(wanted));
  UdpSender(1234).send(1);
  // The ICMP answer quotes the datagram.
  EXPECT_TRUE(read_until([&] { return numbers.total() == 2; }));
}

INSTANTIATE_TEST_SUITE_P(Live, FilterOn, ::testing::Values("lo", "any"),
                         [](const auto& instance) { return std::string(instance.param); });

class FramesOn : public Network, public ::testing::WithParamInterface<const char*> {};

TEST_P(FramesOn, TaggedOnceAndTwice_Pass) {
  add_veth_pair();
  open(options({GetParam()}));
  const FrameSender sender("va");
  sender.send(numbered_frame(1, {10}));
  sender.send(numbered_frame(2, {10, 20}));
  sender.send(numbered_frame(3));
  EXPECT_TRUE(read_until([&] { return numbers.has(3); }));
  EXPECT_TRUE(numbers.has(1));
  EXPECT_TRUE(numbers.has(2));
}

TEST_P(FramesOn, FragmentsPass) {
  add_veth_pair();
  open(options({GetParam()}));
  const auto src = test::endpoint("10.9.0.1:40000");
  const auto dst = test::endpoint("10.9.0.2:9000");
  const test::Packet datagram = test::udp(src, dst, std::string(40, '.') + numbered(5));
  const FrameSender sender("va");
  const auto fragments = test::ip_fragments(src.address, dst.address, {.protocol = 17}, datagram, 40);
  ASSERT_EQ(fragments.size(), 2U);
  for (const test::Packet& fragment : fragments) sender.send(test::ethernet(fragment));
  EXPECT_TRUE(read_until([&] { return numbers.has(5) && numbers.others > 0; }));
}

INSTANTIATE_TEST_SUITE_P(Live, FramesOn, ::testing::Values("vb", "any"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_F(Network, ExpressionTheKernelCannotRunOnAny_RunsInUserSpace) {
  add_veth_pair();
  LiveOptions wanted = options({"any"});
  // The hardware type is in the synthetic header, which the kernel does not have.
  wanted.expression = "link[8:2] = 772";
  open(std::move(wanted));
  FrameSender("va").send(numbered_frame(1));
  UdpSender(9000).send(2);
  EXPECT_TRUE(read_until([&] { return numbers.has(2); }));
  drain();
  EXPECT_EQ(numbers.total(), 1U);
  EXPECT_GE(source->statistics().filtered_out, 2U);  // the frame at both ends, and the ICMP answer
}

}  // namespace
}  // namespace logsniffd::capture
