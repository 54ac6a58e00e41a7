// Interfaces that appear, vanish, or change their name or state during the capture.
#include "tests/live/capture/network.hpp"

namespace logsniffd::capture {
namespace {

TEST_F(Network, CreatedLater_IsPickedUpByGlob) {
  open(options({"lo", "v*"}));
  add_veth_pair();
  EXPECT_TRUE(wait_for("va opened"));
  EXPECT_TRUE(wait_for("vb opened"));
  FrameSender("va").send(numbered_frame(1));
  EXPECT_TRUE(read_until([&] { return numbers.by_interface["vb"].times.contains(1); }));
}

TEST_F(Network, DownAtTheStart_IsPickedUpByNameWhenItComesUp) {
  run("ip link add va type veth peer name vb && ip link set va up");
  open(options({"lo", "vb"}));
  EXPECT_TRUE(events.contains("vb down"));
  run("ip link set vb up");
  EXPECT_TRUE(wait_for("vb opened"));
  FrameSender("va").send(numbered_frame(1));
  EXPECT_TRUE(read_until([&] { return numbers.by_interface["vb"].times.contains(1); }));
}

TEST_F(Network, DeletedAndMadeAnew_IsCapturedAgain) {
  add_veth_pair();
  open(options({"vb"}));
  FrameSender("va").send(numbered_frame(1));
  EXPECT_TRUE(read_until([&] { return numbers.has(1); }));
  run("ip link delete va");
  EXPECT_TRUE(wait_for("vb vanished"));
  add_veth_pair();
  EXPECT_TRUE(wait_for("vb reopened"));
  FrameSender("va").send(numbered_frame(2));
  EXPECT_TRUE(read_until([&] { return numbers.has(2); }));
  EXPECT_FALSE(events.contains("vb failed"));
}

// Deleted and created again between two reads: the same name is another interface.
TEST_F(Network, ReplacedUnseen_IsCapturedAgain) {
  add_veth_pair();
  open(options({"vb"}));
  run("ip link delete va");
  add_veth_pair();
  EXPECT_TRUE(wait_for("vb reopened"));
  FrameSender("va").send(numbered_frame(1));
  EXPECT_TRUE(read_until([&] { return numbers.has(1); }));
}

TEST_F(Network, LastPacketsBeforeItVanished_AreHandedOver) {
  add_veth_pair();
  open(options({"vb"}));
  const FrameSender sender("va");
  for (int i = 0; i < 300; ++i) sender.send(numbered_frame(i));
  run("ip link delete va");
  EXPECT_TRUE(wait_for("vb vanished"));
  EXPECT_TRUE(read_until([&] { return numbers.distinct() == 300; }));
  EXPECT_EQ(numbers.total(), 300U);
}

TEST_F(Network, DownAndUp_GoesOnWithoutLoss) {
  add_veth_pair();
  open(options({"vb"}));
  run("ip link set vb down");
  EXPECT_TRUE(wait_for("vb down"));
  run("ip link set vb up");
  // The peer sends nothing until its own side has a carrier again, which the kernel decides later.
  run("timeout 5 sh -c 'until ip link show va | grep -q \"state UP\"; do sleep 0.01; done'");
  FrameSender("va").send(numbered_frame(1));  // before any read has seen that it is up
  EXPECT_TRUE(wait_for("vb reopened"));
  EXPECT_TRUE(read_until([&] { return numbers.has(1); }));
  EXPECT_FALSE(events.contains("vb vanished"));
}

TEST_F(Network, Down_CostsFewWakeUps) {
  add_veth_pair();
  open(options({"vb"}));
  run("ip link set vb down");
  EXPECT_TRUE(wait_for("vb down"));
  (void)read_until([] { return false; }, std::chrono::milliseconds(3500));
  wake_ups = 0;
  (void)read_until([] { return false; }, std::chrono::seconds(2));
  EXPECT_LE(wake_ups, 5);
}

TEST_F(Network, VanishedForGood_CostsNoWakeUps) {
  add_veth_pair();
  open(options({"lo", "vb"}));
  run("ip link delete va");
  EXPECT_TRUE(wait_for("vb vanished"));
  (void)read_until([] { return false; }, std::chrono::milliseconds(4500));
  wake_ups = 0;
  (void)read_until([] { return false; }, std::chrono::milliseconds(1500));
  EXPECT_LE(wake_ups, 1);
}

TEST_F(Network, RenamedAwayAndBack_FollowsTheName) {
  add_veth_pair();
  open(options({"lo", "vb"}));
  run("ip link set vb down && ip link set vb name other && ip link set other up");
  EXPECT_TRUE(wait_for("vb vanished"));
  run("ip link set other down && ip link set other name vb && ip link set vb up");
  EXPECT_TRUE(wait_for("vb reopened"));
  FrameSender("va").send(numbered_frame(1));
  EXPECT_TRUE(read_until([&] { return numbers.by_interface["vb"].times.contains(1); }));
}

TEST_F(Network, DropsOfAnInterfaceThatWent_StayCounted) {
  add_veth_pair();
  LiveOptions wanted = options({"lo", "vb"});
  wanted.buffer_bytes = 256 * 1024;
  open(std::move(wanted));
  const FrameSender sender("va");
  for (int i = 0; i < 20'000; ++i) sender.send(numbered_frame(i));
  run("ip link delete va");
  EXPECT_TRUE(wait_for("vb vanished"));
  (void)read_until([] { return false; }, std::chrono::seconds(4));  // closed during that time
  EXPECT_GT(source->statistics().kernel_dropped, 0U);
  EXPECT_EQ(numbers.total() + source->statistics().kernel_dropped, 20'000U);
}

}  // namespace
}  // namespace logsniffd::capture
