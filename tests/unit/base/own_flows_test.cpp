#include "daemon/base/own_flows.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace logsniffd {
namespace {

SteadyTime clock_of_the_test{};

Flow flow(std::string_view src, std::uint16_t src_port, std::string_view dst, std::uint16_t dst_port,
          Transport transport = Transport::udp) {
  return {{*Address::parse(src), src_port}, {*Address::parse(dst), dst_port}, transport};
}

class OwnFlowsTest : public testing::Test {
 protected:
  OwnFlowsTest() { clock_of_the_test = SteadyTime(std::chrono::hours(1)); }

  OwnFlows flows_{[] { return clock_of_the_test; }};
  // The flow from a port of this host to the target.
  static Flow own(std::uint16_t port) { return flow("192.0.2.1", port, "192.0.2.9", 514); }
};

TEST_F(OwnFlowsTest, HoldsBothDirectionsAndNothingElse) {
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 514)));
  const auto entry = flows_.add(own(40000));
  ASSERT_TRUE(entry);
  EXPECT_TRUE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 514)));
  EXPECT_TRUE(flows_.holds(flow("192.0.2.9", 514, "192.0.2.1", 40000)));
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 40001, "192.0.2.9", 514)));
  EXPECT_FALSE(flows_.holds(flow("192.0.2.2", 40000, "192.0.2.9", 514)));
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 515)));
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.8", 514)));
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 514, Transport::tcp)));
}

TEST_F(OwnFlowsTest, HoldsAFlowForAWhileAfterItsEnd) {
  flows_.add(own(40000)).reset();
  clock_of_the_test += OwnFlows::kLinger - std::chrono::nanoseconds(1);
  EXPECT_TRUE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 514)));
  clock_of_the_test += std::chrono::nanoseconds(1);
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 514)));
}

TEST_F(OwnFlowsTest, PlacesAreUsedAgainWhenTheirTimeIsUp) {
  std::vector<OwnFlows::Entry> entries;
  for (std::uint16_t port = 0; port < OwnFlows::kFlows; ++port) {
    entries.push_back(flows_.add(own(port)));
    ASSERT_TRUE(entries.back());
  }
  EXPECT_FALSE(flows_.add(own(40000)));
  entries[7].reset();
  EXPECT_FALSE(flows_.add(own(40000)));
  clock_of_the_test += OwnFlows::kLinger;
  const auto entry = flows_.add(own(40000));
  ASSERT_TRUE(entry);
  EXPECT_TRUE(flows_.holds(flow("192.0.2.1", 40000, "192.0.2.9", 514)));
  EXPECT_FALSE(flows_.holds(flow("192.0.2.1", 7, "192.0.2.9", 514)));
  EXPECT_TRUE(flows_.holds(flow("192.0.2.1", 8, "192.0.2.9", 514)));
}

}  // namespace
}  // namespace logsniffd
