#include "daemon/queue/hand_over.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "daemon/queue/pool.hpp"

namespace logsniffd::queue {
namespace {

using Queue = HandOver<int>;

std::shared_ptr<const int> number(int value) { return std::make_shared<const int>(value); }

Weight weight(std::size_t bytes, std::uint64_t records = 1, int second = 0) {
  const PacketTime at{std::chrono::seconds(second)};
  return {bytes, records, at, at};
}

TEST(HandOver, InOrder) {
  Wakeup consumer;
  Queue queue(1000, consumer);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.offer(number(i), weight(10)));
  Queue::Item item;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(queue.take(item));
    EXPECT_EQ(*item.object, i);
    queue.release(item);
  }
  EXPECT_FALSE(queue.take(item));
  EXPECT_EQ(queue.counters().accepted.get(), 3U);
  EXPECT_EQ(queue.taken(), 3U);
}

TEST(HandOver, OverTheByteBudget_NewestIsDroppedAndToldWithTheNext) {
  Wakeup consumer;
  Queue queue(100, consumer);
  EXPECT_TRUE(queue.offer(number(1), weight(80)));
  EXPECT_FALSE(queue.offer(number(2), weight(80, 5, 10)));
  EXPECT_FALSE(queue.offer(number(3), weight(80, 7, 20)));
  Queue::Item item;
  ASSERT_TRUE(queue.take(item));
  EXPECT_EQ(item.lost_before.records, 0U);
  queue.release(item);
  EXPECT_TRUE(queue.offer(number(4), weight(80)));
  ASSERT_TRUE(queue.take(item));
  EXPECT_EQ(*item.object, 4);
  EXPECT_EQ(item.lost_before.records, 12U);
  EXPECT_EQ(item.lost_before.first, PacketTime{std::chrono::seconds(10)});
  EXPECT_EQ(item.lost_before.last, PacketTime{std::chrono::seconds(20)});
  const HandOverCounters counters = queue.counters();
  EXPECT_EQ(counters.offered.get(), 14U);
  EXPECT_EQ(counters.accepted.get(), 2U);
  EXPECT_EQ(counters.dropped.get(), 12U);
}

TEST(HandOver, LargerThanTheBudgetWhenEmpty_PassesAlone) {
  Wakeup consumer;
  Queue queue(10, consumer);
  EXPECT_TRUE(queue.offer(number(1), weight(1000)));
  EXPECT_FALSE(queue.offer(number(2), weight(1)));
}

TEST(HandOver, RingFull_NewestIsDropped) {
  Wakeup consumer;
  Queue queue(1 << 30, consumer);
  const auto object = number(1);
  for (std::size_t i = 0; i < Queue::kDepth; ++i) ASSERT_TRUE(queue.offer(object, weight(1)));
  EXPECT_FALSE(queue.offer(object, weight(1)));
  Queue::Item item;
  ASSERT_TRUE(queue.take(item));
  queue.release(item);
  EXPECT_TRUE(queue.offer(object, weight(1)));
  EXPECT_EQ(queue.counters().accepted.get(), Queue::kDepth + 1);
  EXPECT_EQ(queue.counters().dropped.get(), 1U);
}

TEST(HandOver, ClosedAndEmpty_IsDrainedAndTheLastLossIsKept) {
  Wakeup consumer;
  Queue queue(10, consumer);
  EXPECT_TRUE(queue.offer(number(1), weight(10)));
  EXPECT_FALSE(queue.offer(number(2), weight(10, 3)));
  queue.close();
  EXPECT_FALSE(queue.drained());
  Queue::Item item;
  ASSERT_TRUE(queue.take(item));
  queue.release(item);
  EXPECT_TRUE(queue.drained());
  EXPECT_EQ(queue.last_loss().records, 3U);
}

TEST(HandOver, WaitingProducer_GivesUpWhenAskedTo) {
  Wakeup consumer;
  Queue queue(10, consumer);
  EXPECT_TRUE(queue.offer_waiting(number(1), weight(10), [] { return false; }));
  EXPECT_FALSE(queue.offer_waiting(number(2), weight(10), [] { return true; }));
  EXPECT_EQ(queue.counters().dropped.get(), 1U);
}

// Takes what comes until the queue is closed, and returns how many came before one that was out of order.
int taken_in_order(Queue& queue, Wakeup& wakeup) {
  int expected = 0;
  while (true) {
    Queue::Item item;
    if (queue.take(item)) {
      if (*item.object != expected) return expected;
      ++expected;
      queue.release(item);
      continue;
    }
    if (queue.drained()) return expected;
    wakeup.prepare();
    if (queue.empty() && !queue.drained()) wakeup.wait(std::chrono::hours(1));
    wakeup.finish();
  }
}

// Two threads, a small budget, a sleeping consumer: every number arrives once and in order, whichever side waits.
TEST(HandOver, TwoThreads_NothingLostNobodySleepsForEver) {
  constexpr int kCount = 20'000;
  Wakeup wakeup;
  Queue queue(64, wakeup);
  std::jthread producer([&queue] {
    for (int i = 0; i < kCount; ++i) queue.offer_waiting(number(i), weight(16), [] { return false; });
    queue.close();
  });
  EXPECT_EQ(taken_in_order(queue, wakeup), kCount);
  EXPECT_EQ(queue.queued_bytes(), 0U);
}

// An object in two hands would show another number, or a race to TSan.
TEST(Pool, SeveralThreadsLetGoWhileTheOwnerTakes_NoObjectIsInTwoHands) {
  constexpr int kCount = 20'000;
  std::array<Wakeup, 2> wakeups;
  std::array<Queue, 2> queues{Queue(1024, wakeups[0]), Queue(1024, wakeups[1])};
  std::array<int, 2> taken{};
  std::vector<std::jthread> users;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    users.emplace_back([&, i] { taken[i] = taken_in_order(queues[i], wakeups[i]); });
  }
  Pool<int> pool;
  for (int i = 0; i < kCount; ++i) {
    auto object = pool.acquire();
    *object = i;
    const std::shared_ptr<const int> shared = pool.share(std::move(object));
    for (Queue& queue : queues) queue.offer_waiting(shared, weight(16), [] { return false; });
  }
  for (Queue& queue : queues) queue.close();
  users.clear();
  EXPECT_EQ(taken, (std::array<int, 2>{kCount, kCount}));
}

TEST(Pool, SharedObject_ComesBackWhenTheLastUserLetsGo) {
  Pool<std::string> pool;
  auto object = pool.acquire();
  *object = "marked";
  const std::string* const address = object.get();
  auto first = pool.share(std::move(object));
  auto second = first;
  first.reset();
  EXPECT_NE(pool.acquire().get(), address);
  second.reset();
  auto again = pool.acquire();
  EXPECT_EQ(again.get(), address);
  EXPECT_EQ(*again, "marked");
}

TEST(Pool, ObjectOutlivesThePool) {
  std::shared_ptr<const std::string> survivor;
  {
    Pool<std::string> pool;
    survivor = pool.share(pool.acquire());
  }
  EXPECT_TRUE(survivor->empty());
}

}  // namespace
}  // namespace logsniffd::queue
