// How fast do records of 120 bytes get from a capture worker to its sinks, including their bytes? They are appended to
// a batch, published through the real queue and pool, and read by a sink that looks at every byte, on its own thread.
//
//   append_only              the cost of the capture worker's half alone: a full batch is emptied
//   one_thread_to_another    the producer waits if the queue is full, so that every record arrives
//   one_batch_to_two_sinks   the same, with each batch shared by two sinks; items are records that a sink read
//   live_overload            the queue drops batches; items are records that the producer handed over or dropped
//   allocations              of the whole process in a round of 1,048,576 records, in steady state: the goal is 0
//   producer_ns, sink_ns     processor time per record of the producer's thread, and of the slower sink's thread
//   free_per_second          records per second of the slower thread, if each had a processor of its own; the figure to
//                            look at if other work shares the processors
//
// The records come from 64 packets in turn, as a burst of capture leaves them in the cache.
#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "daemon/record_path/batch_writer.hpp"
#include "daemon/sink/sink_worker.hpp"
#include "tests/bench/micro/allocations.hpp"

namespace {

using namespace logsniffd;

constexpr std::size_t kRecordBytes = 120;  // with the LF
constexpr std::size_t kRound = 1 << 20;    // records per timed iteration
// About 35 full batches, fewer than the pool keeps, so no batch is allocated again after a thread waited
// for a processor.
constexpr std::uint64_t kQueueBytes = 16ULL << 20;

// The sum of the words of a message. A message is longer than a word, and the last word may overlap the one before.
std::uint64_t sum_of(std::string_view text) {
  const auto word = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, text.data() + at, sizeof value);
    return value;
  };
  std::uint64_t sum = word(text.size() - 8);
  for (std::size_t at = 0; at + 8 <= text.size(); at += 8) sum += word(at);
  return sum;
}

// Gives each thread its own processor, because the scheduler's choices cost more than what is measured.
void pin_to(std::size_t processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set);  // fails if it does not exist: not pinned
}

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

class Summing final : public sink::Sink {
 public:
  explicit Summing(std::size_t processor) : processor_(processor) {}

  Status open() override { return {}; }
  void start(sink::Interrupt&) override {
    pin_to(processor_);
    ::pthread_getcpuclockid(::pthread_self(), &clock_);
  }
  void write(const record::RecordBatch& batch, unsigned index, sink::Interrupt&) override {
    const record::SinkMask bit = record::SinkMask{1} << index;
    std::uint64_t written = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const record::RecordHeader& header = batch.header(i);
      if ((header.sinks & bit) == 0) continue;
      sum_ += sum_of(batch.message(i)) + static_cast<std::uint64_t>(header.captured_at.time_since_epoch().count());
      ++written;
    }
    counters_.written.add(written);
  }
  bool write_notice(std::string_view, PacketTime, sink::Interrupt&) override { return true; }

  // REQUIRED, here and below: the worker has read everything.
  [[nodiscard]] std::uint64_t sum() const { return sum_; }
  [[nodiscard]] double processor_seconds() const { return seconds_of(clock_); }

 private:
  std::size_t processor_;
  clockid_t clock_ = CLOCK_THREAD_CPUTIME_ID;
  std::uint64_t sum_ = 0;
};

// The sinks, and a writer as the capture worker has it.
class Machine {
 public:
  Machine(unsigned sinks, record_path::Overload overload) : writer_(overload, Duration::max(), abandon_) {
    std::vector<record_path::Outlet> outlets;
    for (unsigned index = 0; index < sinks; ++index) {
      auto summing = std::make_unique<Summing>(index + 1);
      summing_.push_back(summing.get());
      auto made = sink::SinkWorker::create({"sink", index, kQueueBytes}, std::move(summing), [](auto&, auto&) {});
      if (!made) std::abort();
      workers_.push_back(std::move(*made));
      outlets.push_back({index, &workers_.back()->queue(0)});
    }
    writer_.configure(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}), std::move(outlets));
    for (std::size_t i = 0; i < kPackets; ++i) {
      std::string text = "connection " + std::to_string(i * 7919) + " from 192.0.2.7 closed after 17 requests, ";
      text.resize(kRecordBytes - 1, static_cast<char>('a' + i % 26));
      texts_.push_back(std::move(text));
    }
    for (const std::string& text : texts_) {
      record::LogRecord& record = records_.emplace_back();
      record.flow = {{*Address::parse("192.0.2.7"), 40000}, {*Address::parse("198.51.100.1"), 514}, Transport::tcp};
      record.interface = "eth0";
      record.message = text;
      sums_.push_back(sum_of(text));
    }
    routes_ = {{0, (record::SinkMask{1} << sinks) - 1}};
    pin_to(0);
    for (const auto& worker : workers_) worker->start();
  }
  ~Machine() {
    for (const auto& worker : workers_) {
      worker->queue(0).close();
      worker->stop(std::chrono::hours(1));
    }
  }

  // Writes kRound records, and waits until everything is read.
  void round() {
    for (std::size_t i = 0; i < kRound; ++i) {
      record::LogRecord& record = records_[i % kPackets];
      record.captured_at = PacketTime{Duration(++serial_)};
      expected_ += sums_[i % kPackets] + serial_;
      writer_.append(record, routes_, record.captured_at);
    }
    writer_.publish();
    for (const auto& worker : workers_) worker->queue(0).wait_until_taken();
  }

  [[nodiscard]] bool every_byte_arrived() const {
    return std::all_of(summing_.begin(), summing_.end(), [this](const auto* sink) { return sink->sum() == expected_; });
  }
  [[nodiscard]] std::vector<double> sink_seconds() const {
    std::vector<double> seconds;
    for (const Summing* sink : summing_) seconds.push_back(sink->processor_seconds());
    return seconds;
  }
  [[nodiscard]] bool balanced() const {
    return std::all_of(workers_.begin(), workers_.end(), [](const auto& worker) {
      const sink::SinkFigures figures = worker->figures();
      return figures.routed == figures.written + figures.dropped_sum();
    });
  }
  [[nodiscard]] double dropped_share() const {
    const sink::SinkFigures figures = workers_[0]->figures();
    return static_cast<double>(figures.dropped_sum()) / static_cast<double>(figures.routed);
  }

 private:
  static constexpr std::size_t kPackets = 64;

  std::atomic<bool> abandon_{false};
  std::vector<std::unique_ptr<sink::SinkWorker>> workers_;
  std::vector<const Summing*> summing_;
  record_path::BatchWriter writer_;
  std::vector<std::string> texts_;
  std::vector<record::LogRecord> records_;
  std::vector<std::uint64_t> sums_;
  std::vector<filter::Route> routes_;
  std::uint64_t serial_ = 0;
  std::uint64_t expected_ = 0;
};

void measure(benchmark::State& state, Machine& machine, unsigned sinks) {
  for (int i = 0; i < 8; ++i) machine.round();  // reach the steady state
  const double producer = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  const std::vector<double> before = machine.sink_seconds();
  const std::uint64_t allocated_before = allocations();
  std::uint64_t allocated = 0;
  for (auto _ : state) {
    machine.round();
    allocated = allocations() - allocated_before;
  }
  const double per_record = 1e9 / (static_cast<double>(state.iterations()) * static_cast<double>(kRound));
  const double producer_ns = (seconds_of(CLOCK_THREAD_CPUTIME_ID) - producer) * per_record;
  double sink_ns = 0;
  const std::vector<double> after = machine.sink_seconds();
  for (std::size_t i = 0; i < after.size(); ++i) sink_ns = std::max(sink_ns, (after[i] - before[i]) * per_record);
  state.counters["producer_ns"] = producer_ns;
  state.counters["sink_ns"] = sink_ns;
  state.counters["free_per_second"] = 1e9 / std::max(producer_ns, sink_ns);
  state.counters["allocations"] = static_cast<double>(allocated) / static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRound) * sinks);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRound * kRecordBytes) * sinks);
  if (!machine.balanced()) state.SkipWithError("a record is not accounted for");
}

void one_thread_to_another(benchmark::State& state) {
  Machine machine(1, record_path::Overload::wait);
  measure(state, machine, 1);
  if (!machine.every_byte_arrived()) state.SkipWithError("a record was lost or torn");
}

void one_batch_to_two_sinks(benchmark::State& state) {
  Machine machine(2, record_path::Overload::wait);
  measure(state, machine, 2);
  if (!machine.every_byte_arrived()) state.SkipWithError("a record was lost or torn");
}

void live_overload(benchmark::State& state) {
  Machine machine(1, record_path::Overload::drop);
  measure(state, machine, 1);
  state.counters["dropped_share"] = machine.dropped_share();
}

void append_only(benchmark::State& state) {
  Machine machine(0, record_path::Overload::drop);
  measure(state, machine, 1);
}

void rounds(benchmark::internal::Benchmark* benchmark) { benchmark->UseRealTime()->Unit(benchmark::kMillisecond); }

}  // namespace

BENCHMARK(append_only)->Apply(rounds);
BENCHMARK(one_thread_to_another)->Apply(rounds);
BENCHMARK(one_batch_to_two_sinks)->Apply(rounds);
BENCHMARK(live_overload)->Apply(rounds);

BENCHMARK_MAIN();
