#include "daemon/base/heartbeat.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <latch>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd {
namespace {

// Looks until the thread hangs. A thread that never does would let the test run into its timeout.
bool comes_to_hang(Heartbeat& heartbeat) {
  while (!heartbeat.hangs()) std::this_thread::yield();
  return true;
}

TEST(Heartbeat, ThreadHasNotBegun_DoesNotHang) {
  Heartbeat heartbeat;
  EXPECT_FALSE(heartbeat.hangs());
  EXPECT_FALSE(heartbeat.hangs());
}

TEST(Heartbeat, ThreadComputesWithoutEnd_Hangs) {
  Heartbeat heartbeat;
  std::atomic<bool> stop{false};
  std::jthread thread([&] {
    heartbeat.start();
    while (!stop.load(std::memory_order_relaxed)) {
    }
  });
  EXPECT_TRUE(comes_to_hang(heartbeat));
  stop = true;
}

TEST(Heartbeat, ThreadWaitsForALock_Hangs) {
  Heartbeat heartbeat;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::jthread thread([&] {
    heartbeat.start();
    const std::scoped_lock never(mutex);
  });
  EXPECT_TRUE(comes_to_hang(heartbeat));
  lock.unlock();
}

TEST(Heartbeat, ThreadComesAround_DoesNotHang) {
  Heartbeat heartbeat;
  std::atomic<bool> stop{false};
  std::latch begun(1);
  std::atomic<int> rounds{0};
  std::jthread thread([&] {
    heartbeat.start();
    begun.count_down();
    while (!stop.load()) {
      heartbeat.beat();
      rounds.fetch_add(1);
    }
  });
  begun.wait();
  for (int i = 0; i < 100; ++i) {
    for (const int before = rounds.load(); rounds.load() < before + 2;) std::this_thread::yield();
    EXPECT_FALSE(heartbeat.hangs());
  }
  stop = true;
}

bool is_reading(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/syscall");
  std::string call;
  file >> call;
  return call == std::to_string(SYS_read);
}

// A target that does not answer: the call lasts, and the thread is not to blame.
TEST(Heartbeat, ThreadIsInASystemCall_DoesNotHang) {
  Heartbeat heartbeat;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd from(ends[0]);
  const UniqueFd to(ends[1]);
  std::atomic<pid_t> id{0};
  std::jthread thread([&] {
    heartbeat.start();
    char byte = 0;
    id = ::gettid();
    EXPECT_EQ(::read(from.get(), &byte, 1), 1);
  });
  while (id == 0 || !is_reading(id)) std::this_thread::yield();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(heartbeat.hangs());
  EXPECT_EQ(::write(to.get(), "x", 1), 1);
}

}  // namespace
}  // namespace logsniffd
