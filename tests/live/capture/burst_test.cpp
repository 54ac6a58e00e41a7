// Every lost packet is counted.
#include <thread>

#include "tests/live/capture/network.hpp"

namespace logsniffd::capture {
namespace {

constexpr int kBurst = 20'000;

TEST_F(Network, BurstNobodyReads_FitsTheRing) {
  open(options({"lo"}));
  UdpSender(9000).send_all(0, kBurst);
  EXPECT_TRUE(read_until([&] { return numbers.total() + source->statistics().kernel_dropped >= kBurst; }));
  EXPECT_EQ(numbers.distinct(), static_cast<std::size_t>(kBurst));
  EXPECT_EQ(source->statistics().kernel_dropped, 0U);
}

TEST_F(Network, BurstIntoASmallRing_IsHandedOverOrCounted) {
  for (const char* interface : {"lo", "any"}) {
    LiveOptions wanted = options({interface});
    wanted.buffer_bytes = 256 * 1024;
    open(std::move(wanted));
    numbers = Numbers();
    UdpSender(9000).send_all(0, kBurst);
    drain();
    EXPECT_GT(source->statistics().kernel_dropped, 0U) << interface;
    EXPECT_EQ(numbers.total() + source->statistics().kernel_dropped, static_cast<std::size_t>(kBurst)) << interface;
  }
}

TEST_F(Network, NewFilterUnderLoad_LosesNothing) {
  open(options({"lo"}));
  std::jthread sending([] { UdpSender(9000).send_all(0, 60'000); });
  WatchedTraffic wide;
  wide.udp_ports = {{9000, 9000}, {7000, 7100}};
  const WatchedTraffic narrow = options({"lo"}).watched;
  int swaps = 0;
  const bool all = read_until([&] {
    // Many swaps for each read, so that packets arrive during them.
    for (const int end = swaps + 50; swaps < end; ++swaps) {
      const Status swapped = source->set_watched(swaps % 2 == 0 ? wide : narrow, "");
      EXPECT_TRUE(swapped);
    }
    return numbers.total() + source->statistics().kernel_dropped >= 60'000U;
  });
  EXPECT_TRUE(all);
  EXPECT_GT(swaps, 500);
  EXPECT_EQ(numbers.distinct() + source->statistics().kernel_dropped, 60'000U);
}

// A sender that never pauses must not prevent the end of a capture.
TEST_F(Network, EndAt_HandsOverWhatWasCapturedBefore_AndComesToAnEnd) {
  constexpr int kAfter = 5'000;
  open(options({"lo"}));
  const UdpSender sender(9000);
  sender.send_all(0, kBurst);
  const auto end = std::chrono::system_clock::now();
  source->end_at(std::chrono::time_point_cast<PacketTime::duration>(end));
  sender.send_all(kBurst, kAfter);
  drain();
  for (int number = 0; number < kBurst; ++number) ASSERT_TRUE(numbers.has(number)) << number;
  EXPECT_EQ(source->statistics().kernel_dropped, 0U);
  const std::size_t seen = numbers.total();
  EXPECT_LT(seen, static_cast<std::size_t>(kBurst + kAfter));
  sender.send_all(kBurst + kAfter, 1);
  drain();
  EXPECT_EQ(numbers.total(), seen);
}

}  // namespace
}  // namespace logsniffd::capture
