// What is captured of an existing interface, and what is reported of a missing one.
#include <fcntl.h>
#include <sys/wait.h>

#include "daemon/capture/interface_list.hpp"
#include "tests/live/capture/network.hpp"

namespace logsniffd::capture {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(const LiveOptions& options, ErrorKind expected) {
  const auto opened = LiveSource::open(options, {});
  if (opened) return "opened";
  EXPECT_EQ(opened.error().kind(), expected);
  return opened.error().message();
}

TEST_F(Network, Loopback_EachDatagramOnce) {
  open(options({"lo"}));
  UdpSender(9000).send_all(0, 500);
  EXPECT_TRUE(read_until([&] { return numbers.distinct() == 500; }));
  drain();
  EXPECT_EQ(numbers.total(), 500U);
  EXPECT_EQ(numbers.by_interface["lo"].times.size(), 500U);
  EXPECT_EQ(numbers.by_interface["lo"].interface_id, 1U);
  EXPECT_EQ(numbers.others, 0U);
  EXPECT_EQ(source->statistics().kernel_dropped, 0U);
  EXPECT_TRUE(events.contains("lo opened"));
}

TEST_F(Network, LoopbackThroughAny_EachDatagramOnceAndNamed) {
  open(options({"any"}));
  UdpSender(9000).send_all(0, 500);
  EXPECT_TRUE(read_until([&] { return numbers.distinct() == 500; }));
  drain();
  EXPECT_EQ(numbers.total(), 500U);
  EXPECT_EQ(numbers.by_interface["lo"].times.size(), 500U);
  EXPECT_EQ(numbers.by_interface["lo"].interface_id, 1U);
}

TEST_F(Network, VethThroughAny_BothEndsAreNamed) {
  add_veth_pair();
  open(options({"any"}));
  const FrameSender sender("va");
  for (int i = 0; i < 100; ++i) sender.send(numbered_frame(i));
  EXPECT_TRUE(read_until([&] { return numbers.total() == 200; }));
  EXPECT_EQ(numbers.by_interface["va"].times.size(), 100U);
  EXPECT_EQ(numbers.by_interface["vb"].times.size(), 100U);
  EXPECT_NE(numbers.by_interface["va"].interface_id, numbers.by_interface["vb"].interface_id);
}

TEST_F(Network, InterfaceNewerThanTheCapture_IsNamedOnAny) {
  open(options({"any"}));
  add_veth_pair();
  FrameSender("va").send(numbered_frame(1));
  EXPECT_TRUE(read_until([&] { return numbers.total() == 2; }));
  EXPECT_EQ(numbers.by_interface["vb"].times.size(), 1U);
}

TEST_F(Network, SeveralInterfaces_AreAllRead) {
  add_veth_pair();
  open(options({"lo", "v?"}));
  UdpSender(9000).send_all(0, 2000);
  const FrameSender sender("va");
  for (int i = 2000; i < 4000; ++i) sender.send(numbered_frame(i));
  EXPECT_TRUE(read_until([&] { return numbers.total() == 6000; }));
  EXPECT_EQ(numbers.distinct(), 4000U);
}

TEST_F(Network, Budget_IsKept) {
  open(options({"lo"}));
  UdpSender(9000).send_all(0, 100);
  EXPECT_TRUE(read_until([&] { return numbers.total() > 0; }));  // now there is a block
  const std::size_t before = numbers.total();
  UdpSender(9000).send_all(100, 100);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  Expected<ReadStatus> status = ReadStatus::idle;
  while (numbers.total() == before && std::chrono::steady_clock::now() < deadline) status = source->read(numbers, 7);
  EXPECT_EQ(numbers.total(), before + 7);
  EXPECT_EQ(*status, ReadStatus::more);
}

TEST_F(Network, CapturedAt_IsTheTimeOfSending) {
  open(options({"lo"}));
  const PacketTime before = std::chrono::system_clock::now();
  UdpSender(9000).send(1);
  ASSERT_TRUE(read_until([&] { return numbers.total() == 1; }));
  const PacketTime after = std::chrono::system_clock::now();
  EXPECT_GE(numbers.last_captured_at, before);
  EXPECT_LE(numbers.last_captured_at, after);
}

TEST_F(Network, QuietLine_PacketComesWithinTheLatency) {
  open(options({"lo"}));
  const auto before = std::chrono::steady_clock::now();
  UdpSender(9000).send(1);
  ASSERT_TRUE(read_until([&] { return numbers.total() == 1; }));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(500));
}

TEST_F(Network, Snaplen_CutsButKeepsTheOriginalLength) {
  LiveOptions wanted = options({"lo"});
  wanted.snaplen_bytes = 50;
  open(std::move(wanted));
  UdpSender(9000).send(1);
  ASSERT_TRUE(read_until([&] { return numbers.last_size != 0; }));
  EXPECT_EQ(numbers.last_size, 50U);
  EXPECT_EQ(numbers.last_original_length, 14U + 20U + 8U + numbered(1).size());
}

TEST_F(Network, NothingToDo_NeedsNoWakeUps) {
  open(options({"lo"}));
  (void)read_until([] { return false; }, std::chrono::milliseconds(3500));  // the tick after "opened"
  wake_ups = 0;
  (void)read_until([] { return false; }, std::chrono::milliseconds(1500));
  EXPECT_LE(wake_ups, 1);
}

TEST_F(Network, MissingName_IsUsageErrorThatNamesWhatIsThere) {
  add_veth_pair();
  const std::string message = error_of(options({"lo", "nosuch0"}), ErrorKind::usage);
  EXPECT_THAT(message, StartsWith("nosuch0: no such interface; this machine has: lo"));
  EXPECT_THAT(message, HasSubstr("va"));
  EXPECT_THAT(error_of(options({"l0"}), ErrorKind::usage), EndsWith("(did you mean 'lo'?)"));
}

TEST_F(Network, GlobsThatMatchNothing_AreARuntimeError) {
  EXPECT_THAT(error_of(options({"wg*"}), ErrorKind::runtime),
              StartsWith("wg*: no interface matches; this machine has: lo"));
}

TEST_F(Network, OnlyInterfaceIsDown_IsARuntimeErrorWithTheMend) {
  run("ip link add va type veth peer name vb");
  EXPECT_EQ(error_of(options({"va"}), ErrorKind::runtime), "va is down; bring it up (ip link set va up)");
}

TEST_F(Network, UserExpressionWithoutMeaningHere_IsUsageError) {
  LiveOptions wanted = options({"any"});
  wanted.expression = "vlan 10";
  EXPECT_THAT(error_of(wanted, ErrorKind::usage),
              StartsWith("'vlan 10' is not a valid filter expression for any (LINUX_SLL2): "));
}

TEST_F(Network, NotPermitted_NamesBothMends) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    const auto opened = LiveSource::open(options({"lo"}), {});
    const std::string_view message = opened ? std::string_view("opened") : std::string_view(opened.error().message());
    const bool right = !opened && opened.error().kind() == ErrorKind::runtime &&
                       message.starts_with(
                           "lo: not permitted to capture; run as root (sudo), or give the binary "
                           "CAP_NET_RAW (setcap cap_net_raw+ep /");
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Network, List_HoldsRealInterfacesAndAny) {
  add_veth_pair();
  run("ip link set vb down && ip address add 10.9.0.1/24 dev va && ip -6 address add fd00::1/64 dev va nodad");
  const auto list = list_interfaces();
  ASSERT_TRUE(list);
  std::map<std::string, InterfaceInfo> by_name;
  for (const InterfaceInfo& info : *list) by_name[info.name] = info;
  EXPECT_EQ(by_name["any"].link_type, LinkType::linux_sll2);
  EXPECT_EQ(by_name["lo"].state, "up");
  EXPECT_EQ(by_name["lo"].link_type, LinkType::ethernet);
  EXPECT_THAT(by_name["lo"].addresses, Contains("127.0.0.1/8"));
  EXPECT_EQ(by_name["va"].state, "no carrier");
  EXPECT_THAT(by_name["va"].addresses, ::testing::ElementsAre("10.9.0.1/24", "fd00::1/64"));
  EXPECT_EQ(by_name["vb"].state, "down");
  EXPECT_FALSE(by_name.contains("nflog"));
}

}  // namespace
}  // namespace logsniffd::capture
