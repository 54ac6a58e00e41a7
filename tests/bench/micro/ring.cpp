// Which single-producer single-consumer ring hands over batches best? (docs/decisions/0003-which-ring.md)
//
// Three libraries, two element shapes, two patterns, always one producer (the benchmark's thread) and one consumer:
//   Saturated  the ring does nothing but hand over, so only its own cost is seen
//   Batches    as the daemon uses it: fill 64 KiB, publish; the consumer reads them and returns the batch through a
//              second ring
#include <benchmark/benchmark.h>
#include <pthread.h>
#include <readerwriterqueue/readerwriterqueue.h>
#include <sched.h>

#include <atomic_queue/atomic_queue.h>
#include <algorithm>
#include <array>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kDepth = 1024;

// The shape of queue::HandOver::Item: a counted reference and the facts about it.
struct Item {
  std::shared_ptr<const std::uint64_t> object;
  std::array<std::uint64_t, 7> weight_and_loss{};
};

template <class T>
class Boost {
 public:
  bool push(T& value) { return ring_.push(value); }
  bool pop(T& value) { return ring_.pop(value); }

 private:
  boost::lockfree::spsc_queue<T> ring_{kDepth};
};

template <class T>
class ReaderWriter {
 public:
  bool push(T& value) { return ring_.try_enqueue(std::move(value)); }
  bool pop(T& value) { return ring_.try_dequeue(value); }

 private:
  moodycamel::ReaderWriterQueue<T> ring_{kDepth};
};

template <class T>
class Atomic {
 public:
  bool push(T& value) { return ring_.try_push(std::move(value)); }
  bool pop(T& value) { return ring_.try_pop(value); }

 private:
  atomic_queue::AtomicQueueB2<T, std::allocator<T>, true, false, true> ring_{kDepth};
};

// A waiting side soon yields: with fewer cores than threads, spinning would only waste the other side's turn.
template <class Attempt>
void until(Attempt attempt) {
  for (int turn = 0; !attempt(); ++turn) {
    if (turn < 64) {
      __builtin_ia32_pause();
    } else {
      std::this_thread::yield();
    }
  }
}

// Gives each side its own processor, because the scheduler's choices cost more than the rings.
void pin_to(std::size_t processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

template <template <class> class Ring>
void pointers_saturated(benchmark::State& state) {
  Ring<std::uint64_t*> ring;
  std::uint64_t value = 1;
  pin_to(0);
  std::thread consumer([&ring] {
    pin_to(1);
    std::uint64_t* taken = nullptr;
    do until([&] { return ring.pop(taken); });
    while (taken != nullptr);
  });
  std::uint64_t* next = &value;
  for (auto iteration : state) {
    next = &value;
    until([&] { return ring.push(next); });
  }
  next = nullptr;
  until([&] { return ring.push(next); });
  consumer.join();
  state.SetItemsProcessed(state.iterations());
}

template <template <class> class Ring>
void items_saturated(benchmark::State& state) {
  Ring<Item> ring;
  const auto object = std::make_shared<const std::uint64_t>(1);
  pin_to(0);
  std::thread consumer([&ring] {
    pin_to(1);
    Item taken;
    do until([&] { return ring.pop(taken); });
    while (taken.object);
  });
  for (auto iteration : state) {
    Item item{object, {}};
    until([&] { return ring.push(item); });
  }
  Item end;
  until([&] { return ring.push(end); });
  consumer.join();
  state.SetItemsProcessed(state.iterations());
}

using Batch = std::array<std::uint64_t, 8192>;  // 64 KiB

template <template <class> class Ring>
void batches(benchmark::State& state) {
  constexpr std::size_t kPool = 16;
  Ring<Batch*> full;
  Ring<Batch*> empty;
  std::vector<std::unique_ptr<Batch>> pool;
  for (std::size_t i = 0; i < kPool; ++i) {
    Batch* batch = pool.emplace_back(std::make_unique<Batch>()).get();
    empty.push(batch);
  }
  std::uint64_t sum = 0;
  pin_to(0);
  std::thread consumer([&] {
    pin_to(1);
    for (;;) {
      Batch* batch = nullptr;
      until([&] { return full.pop(batch); });
      if (batch == nullptr) return;
      sum = std::accumulate(batch->begin(), batch->end(), sum);
      until([&] { return empty.push(batch); });
    }
  });
  std::uint64_t serial = 0;
  Batch* batch = nullptr;
  for (auto iteration : state) {
    until([&] { return empty.pop(batch); });
    std::fill(batch->begin(), batch->end(), ++serial);
    until([&] { return full.push(batch); });
  }
  batch = nullptr;
  until([&] { return full.push(batch); });
  consumer.join();
  if (sum != serial * (serial + 1) / 2 * Batch().size()) state.SkipWithError("a batch was lost or torn");
  state.SetItemsProcessed(state.iterations());
}

// If other work shares the processors, the least disturbed round is the best figure.
void least(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->ComputeStatistics(
      "min", [](const std::vector<double>& rounds) { return *std::min_element(rounds.begin(), rounds.end()); });
}

}  // namespace

BENCHMARK(pointers_saturated<Boost>)->Apply(least);
BENCHMARK(pointers_saturated<ReaderWriter>)->Apply(least);
BENCHMARK(pointers_saturated<Atomic>)->Apply(least);
BENCHMARK(items_saturated<Boost>)->Apply(least);
BENCHMARK(items_saturated<ReaderWriter>)->Apply(least);
BENCHMARK(items_saturated<Atomic>)->Apply(least);
BENCHMARK(batches<Boost>)->Apply(least);
BENCHMARK(batches<ReaderWriter>)->Apply(least);
BENCHMARK(batches<Atomic>)->Apply(least);

BENCHMARK_MAIN();
