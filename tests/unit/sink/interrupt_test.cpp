#include "daemon/sink/interrupt.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <thread>

namespace logsniffd::sink {
namespace {

constexpr Duration kLong = std::chrono::seconds(50);

TEST(Interrupt, NotRaised_TimesOut) {
  const Interrupt interrupt = std::move(*Interrupt::create());
  EXPECT_FALSE(interrupt.raised());
  EXPECT_EQ(interrupt.wait(-1, 0, Duration::zero()), WaitResult::timeout);
  EXPECT_EQ(interrupt.wait(-1, 0, Duration(-1)), WaitResult::timeout);
}

TEST(Interrupt, Raised_EndsEveryWaitFromThenOn) {
  Interrupt interrupt = std::move(*Interrupt::create());
  interrupt.raise();
  EXPECT_TRUE(interrupt.raised());
  EXPECT_EQ(interrupt.wait(-1, 0, kLong), WaitResult::interrupted);
  EXPECT_EQ(interrupt.wait(-1, 0, kLong), WaitResult::interrupted);
}

TEST(Interrupt, RaisedByAnotherThread_EndsTheWait) {
  Interrupt interrupt = std::move(*Interrupt::create());
  std::jthread other([&interrupt] { interrupt.raise(); });
  EXPECT_EQ(interrupt.wait(-1, 0, kLong), WaitResult::interrupted);
}

TEST(Interrupt, DescriptorReady_SaysSo) {
  const Interrupt interrupt = std::move(*Interrupt::create());
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  EXPECT_EQ(interrupt.wait(write_end.get(), POLLOUT, kLong), WaitResult::ready);
  EXPECT_EQ(interrupt.wait(read_end.get(), POLLIN, Duration::zero()), WaitResult::timeout);
}

}  // namespace
}  // namespace logsniffd::sink
