#include "daemon/capture/change_notices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace logsniffd::capture {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Notices : public ::testing::Test {
 protected:
  std::vector<std::string> take() { return std::exchange(reported_, {}); }

  std::vector<std::string> reported_;
  ChangeNotices notices_{[this](const std::string& interface, InterfaceChange, const std::string& detail) {
    reported_.push_back(interface + " " + detail);
  }};
};

TEST_F(Notices, First_IsToldAtOnce) {
  notices_.report("eth0", InterfaceChange::opened, "a");
  EXPECT_THAT(take(), ElementsAre("eth0 a"));
  EXPECT_TRUE(notices_.waits());
}

TEST_F(Notices, SecondWithinTheSecond_WaitsForAWholeSecond) {
  notices_.report("eth0", InterfaceChange::opened, "a");
  notices_.report("eth0", InterfaceChange::vanished, "b");
  EXPECT_THAT(take(), ElementsAre("eth0 a"));
  notices_.tick();  // possibly a moment after "a"
  EXPECT_THAT(take(), IsEmpty());
  notices_.tick();
  EXPECT_THAT(take(), ElementsAre("eth0 b"));
}

TEST_F(Notices, Flapping_ToldOnceWithTheCountOfTheRest) {
  notices_.report("eth0", InterfaceChange::opened, "a");
  for (const char* detail : {"b", "c", "d"}) notices_.report("eth0", InterfaceChange::down, detail);
  notices_.tick();
  notices_.tick();
  EXPECT_THAT(take(), ElementsAre("eth0 a", "eth0 d (after 2 more changes)"));
}

TEST_F(Notices, OtherInterface_IsNotHeldBack) {
  notices_.report("eth0", InterfaceChange::opened, "a");
  notices_.report("eth1", InterfaceChange::opened, "a");
  EXPECT_THAT(take(), ElementsAre("eth0 a", "eth1 a"));
}

TEST_F(Notices, Quiet_NeedsNoMoreTicks) {
  notices_.report("eth0", InterfaceChange::opened, "a");
  notices_.tick();
  EXPECT_TRUE(notices_.waits());
  notices_.tick();
  EXPECT_FALSE(notices_.waits());
  notices_.report("eth0", InterfaceChange::down, "b");
  EXPECT_THAT(take(), ElementsAre("eth0 a", "eth0 b"));
}

TEST_F(Notices, TooManyInterfaces_AreCounted) {
  for (std::size_t i = 0; i < kMaxNotices + 5; ++i) {
    notices_.report("veth" + std::to_string(i), InterfaceChange::opened, "a");
  }
  EXPECT_EQ(take().size(), kMaxNotices);
  EXPECT_EQ(notices_.suppressed(), 5U);
}

}  // namespace
}  // namespace logsniffd::capture
