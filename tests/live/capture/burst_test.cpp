// Nothing is lost that is not counted.
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
    // Many swaps for each read, so that packets fall into them.
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

}  // namespace
}  // namespace logsniffd::capture
