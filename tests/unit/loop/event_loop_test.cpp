// The sources of the loop come and go while it runs.
#include "daemon/loop/event_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::loop {
namespace {

using testing::ElementsAre;

class EventLoopTest : public testing::Test {
 protected:
  EventLoopTest() {
    auto loop = EventLoop::create();
    if (!loop) throw std::runtime_error(loop.error().message());
    loop_ = std::move(*loop);
  }

  static EventLoop::Source must(Expected<EventLoop::Source> source) {
    if (!source) throw std::runtime_error(source.error().message());
    return std::move(*source);
  }
  // Quits after everything due was called more than once: the loop calls the longest waiting first.
  [[nodiscard]] EventLoop::Source quit_after_some_rounds() {
    return must(loop_->add_every(Duration::zero(), [this, left = 10]() mutable {
      if (--left == 0) loop_->quit(7);
    }));
  }

  std::unique_ptr<EventLoop> loop_;
  std::vector<std::string> calls_;
};

TEST_F(EventLoopTest, Quit_RunReturnsItsArgument) {
  const auto quit = quit_after_some_rounds();
  const auto code = loop_->run();
  ASSERT_TRUE(code);
  EXPECT_EQ(*code, 7);
}

TEST_F(EventLoopTest, TimerForOnce_FiresOnce) {
  const auto once = must(loop_->add_after(Duration::zero(), [&] { calls_.emplace_back("once"); }));
  const auto quit = quit_after_some_rounds();
  ASSERT_TRUE(loop_->run());
  EXPECT_THAT(calls_, ElementsAre("once"));
}

TEST_F(EventLoopTest, SourceDestroyedBeforeTheRun_HandlerIsNotCalled) {
  const UniqueFd ready(::eventfd(1, EFD_CLOEXEC));
  {
    const auto timer = must(loop_->add_after(Duration::zero(), [&] { calls_.emplace_back("timer"); }));
    const auto descriptor =
        must(loop_->add_descriptor(ready.get(), EPOLLIN, [&](std::uint32_t) { calls_.emplace_back("descriptor"); }));
    auto notifier = loop_->add_notifier([&] { calls_.emplace_back("notifier"); });
    ASSERT_TRUE(notifier);
    notifier->notify();
  }
  const auto quit = quit_after_some_rounds();
  ASSERT_TRUE(loop_->run());
  EXPECT_THAT(calls_, ElementsAre());
}

TEST_F(EventLoopTest, HandlerDestroysItsOwnSource_IsCalledNoMore) {
  std::optional<EventLoop::Source> every;
  const std::string long_enough_to_be_on_the_heap(100, 'x');
  every = must(loop_->add_every(Duration::zero(), [&, text = long_enough_to_be_on_the_heap] {
    every.reset();
    calls_.push_back(text);  // the handler lives until it returns
  }));
  const auto quit = quit_after_some_rounds();
  ASSERT_TRUE(loop_->run());
  EXPECT_THAT(calls_, ElementsAre(long_enough_to_be_on_the_heap));
}

TEST_F(EventLoopTest, SourceAddedByAHandler_IsListenedTo) {
  std::optional<EventLoop::Source> second;
  const auto first = must(loop_->add_after(Duration::zero(), [&] {
    calls_.emplace_back("first");
    second = must(loop_->add_after(Duration::zero(), [&] {
      calls_.emplace_back("second");
      loop_->quit(0);
    }));
  }));
  ASSERT_TRUE(loop_->run());
  EXPECT_THAT(calls_, ElementsAre("first", "second"));
}

TEST_F(EventLoopTest, DescriptorReady_HandlerGetsItsEvents) {
  const UniqueFd ready(::eventfd(1, EFD_CLOEXEC));
  std::uint32_t seen = 0;
  const auto source = must(loop_->add_descriptor(ready.get(), EPOLLIN, [&](std::uint32_t events) {
    seen = events;
    loop_->quit(0);
  }));
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen, static_cast<std::uint32_t>(EPOLLIN));
}

TEST_F(EventLoopTest, DescriptorHasASource_AnotherOneOnlyAfterIt) {
  const UniqueFd ready(::eventfd(1, EFD_CLOEXEC));
  std::optional<EventLoop::Source> first = must(loop_->add_descriptor(ready.get(), EPOLLIN, [](std::uint32_t) {}));
  EXPECT_FALSE(loop_->add_descriptor(ready.get(), EPOLLIN, [](std::uint32_t) {}));
  first.reset();
  EXPECT_TRUE(loop_->add_descriptor(ready.get(), EPOLLIN, [](std::uint32_t) {}));
}

TEST_F(EventLoopTest, SignalSourceReplaced_TheNewHandlerIsCalled) {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &set, &before), 0);
  {
    std::optional<EventLoop::Source> old = must(loop_->add_signal(SIGUSR1, [&] { calls_.emplace_back("old"); }));
    EXPECT_FALSE(loop_->add_signal(SIGUSR1, [] {}));
    old.reset();
    const auto fresh = must(loop_->add_signal(SIGUSR1, [&] {
      calls_.emplace_back("fresh");
      loop_->quit(0);
    }));
    ASSERT_EQ(::raise(SIGUSR1), 0);
    ASSERT_TRUE(loop_->run());
  }
  EXPECT_THAT(calls_, ElementsAre("fresh"));
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
}

TEST_F(EventLoopTest, NotifiedOftenByAnotherThread_CalledOnceOnTheLoop) {
  const auto quit = quit_after_some_rounds();
  const auto main = std::this_thread::get_id();
  const auto notifier = loop_->add_notifier([&] {
    EXPECT_EQ(std::this_thread::get_id(), main);
    calls_.emplace_back("notified");
  });
  ASSERT_TRUE(notifier);
  std::thread([&] {
    for (int i = 0; i < 3; ++i) notifier->notify();
  }).join();
  ASSERT_TRUE(loop_->run());
  EXPECT_THAT(calls_, ElementsAre("notified"));
}

TEST_F(EventLoopTest, SourceOutlivesTheLoop_IsHarmless) {
  std::optional<EventLoop::Source> timer = must(loop_->add_after(Duration::zero(), [] {}));
  loop_.reset();
  timer.reset();
}

}  // namespace
}  // namespace logsniffd::loop
