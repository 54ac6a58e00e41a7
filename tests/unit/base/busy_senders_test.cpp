#include "daemon/base/busy_senders.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd {
namespace {

Address sender(unsigned number) {
  return *Address::parse("10.1." + std::to_string(number / 256) + "." + std::to_string(number % 256));
}

constexpr PacketTime kBegin{std::chrono::seconds(1'790'000'000)};

PacketTime after(int seconds) { return kBegin + std::chrono::seconds(seconds); }

TEST(BusySenders, NothingYet_NobodyIsBusy) {
  const BusySenders senders(1);
  EXPECT_TRUE(senders.busiest(kBegin, 10).senders.empty());
}

TEST(BusySenders, FewSenders_AreCountedExactlyAndSorted) {
  BusySenders senders(1);
  for (int second = 0; second < 12; ++second) {
    senders.add(sender(1), 1, 10, after(second));
    for (int i = 0; i < 3; ++i) senders.add(sender(2), 1, 100, after(second));
  }
  const BusySenderReport report = senders.busiest(after(12), 10);
  ASSERT_EQ(report.senders.size(), 2U);
  EXPECT_EQ(report.senders[0].address, sender(2));
  EXPECT_EQ(report.senders[0].records, 36U);
  EXPECT_EQ(report.senders[0].bytes, 3600U);
  EXPECT_EQ(report.senders[1].records, 12U);
  EXPECT_EQ(report.span, std::chrono::seconds(12));
  EXPECT_EQ(senders.busiest(after(12), 1).senders.size(), 1U);
}

TEST(BusySenders, OldWindows_AreForgotten) {
  BusySenders senders(1);
  senders.add(sender(1), 1, 10, after(0));
  senders.add(sender(2), 1, 10, after(11));
  senders.add(sender(2), 1, 10, after(22));
  const BusySenderReport report = senders.busiest(after(23), 10);
  ASSERT_EQ(report.senders.size(), 1U);
  EXPECT_EQ(report.senders[0].records, 2U);
  EXPECT_EQ(report.span, std::chrono::seconds(12));
}

TEST(BusySenders, Silence_LeavesNobody) {
  BusySenders senders(1);
  senders.add(sender(1), 1, 10, after(0));
  EXPECT_EQ(senders.busiest(after(19), 10).senders.size(), 1U);
  EXPECT_TRUE(senders.busiest(after(20), 10).senders.empty());
  senders.add(sender(2), 1, 10, after(60));
  EXPECT_EQ(senders.busiest(after(60), 10).senders.size(), 1U);
}

TEST(BusySenders, MoreSmallSendersThanSlots_TheBusyOneStaysAndIsNotOverstated) {
  BusySenders senders(1);
  for (unsigned i = 0; i < 20'000; ++i) {
    senders.add(sender(60'000), 1, 1, kBegin);
    senders.add(sender(i % 5000), 1, 1, kBegin);
  }
  const BusySenderReport report = senders.busiest(kBegin, 3);
  EXPECT_EQ(report.senders[0].address, sender(60'000));
  EXPECT_LE(report.senders[0].records, 20'000U);
  EXPECT_GE(report.senders[0].records, 19'000U);
  EXPECT_LE(report.senders[1].records, 4U);
}

}  // namespace
}  // namespace logsniffd
