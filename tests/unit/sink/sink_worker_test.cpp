// The worker alone: when it wakes up, and in which order it calls its sink.
#include "daemon/sink/sink_worker.hpp"

#include <future>

#include "tests/support/changeable_sink.hpp"
#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink {
namespace {

using namespace test;

using namespace std::chrono_literals;

// Asks to be called again after a millisecond, `times` times.
class RestlessSink final : public Sink {
 public:
  RestlessSink(int times, std::promise<void>& done, std::string& calls) : times_(times), done_(done), calls_(calls) {}

  Status open() override { return {}; }
  void start(Interrupt&) override { calls_ += "start "; }
  void write(const record::RecordBatch& batch, unsigned index, Interrupt&) override {
    calls_ += "write ";
    counters_.written.add(batch.count_for(index));
  }
  bool write_notice(std::string_view, PacketTime, Interrupt&) override { return true; }
  Duration maintain(Interrupt&) override {
    if (--times_ == 0) done_.set_value();
    return times_ > 0 ? 1ms : kNothingDue;
  }
  void finish(Interrupt&) override { calls_ += "finish "; }

 private:
  int times_;
  std::promise<void>& done_;
  std::string& calls_;
};

class SinkWorkerTest : public testing::Test {
 protected:
  std::unique_ptr<SinkWorker> started(int times) {
    SinkWorkerOptions options;
    options.name = "restless";
    options.index = kSink;
    options.queue_bytes = 1 << 20;
    auto worker = SinkWorker::create(options, std::make_unique<RestlessSink>(times, tended_, calls_),
                                     [](const std::string&, const std::string& error) { ADD_FAILURE() << error; });
    EXPECT_TRUE(worker);
    (*worker)->start();
    return std::move(*worker);
  }

  std::promise<void> tended_;
  std::string calls_;
};

TEST_F(SinkWorkerTest, NoBatchComes_TheSinkIsTendedWhenItWantsToBe) {
  const auto worker = started(5);
  EXPECT_EQ(tended_.get_future().wait_for(20s), std::future_status::ready);
  worker->queue(0).close();
  EXPECT_TRUE(worker->stop(20s));
  EXPECT_EQ(calls_, "start finish ");
}

TEST_F(SinkWorkerTest, LastBatch_IsWrittenBeforeTheEnd) {
  const auto worker = started(1000);
  const std::shared_ptr<const record::RecordBatch> batch = batch_of(std::vector<std::string>{"a", "b"});
  EXPECT_TRUE(worker->queue(0).offer(batch, {.bytes = 1, .records = 2}));
  worker->queue(0).close();
  EXPECT_TRUE(worker->stop(20s));
  EXPECT_EQ(calls_, "start write finish ");
  EXPECT_EQ(worker->figures().written, 2);
  EXPECT_EQ(worker->figures().queued, 0);
}

// Loses its first batch.
class LateSink final : public Sink {
 public:
  explicit LateSink(std::string& calls) : calls_(calls) {}

  Status open() override { return {}; }
  void write(const record::RecordBatch& batch, unsigned index, Interrupt&) override {
    const bool first = batches_++ == 0;
    calls_ += first ? "lost\n" : "written\n";
    if (first) return leave_rest(batch, index, 0, DropReason::unreachable);
    counters_.written.add(batch.count_for(index));
  }
  bool write_notice(std::string_view text, PacketTime, Interrupt&) override {
    calls_.append(text).append("\n");
    return true;
  }

 private:
  std::string& calls_;
  int batches_ = 0;
};

TEST(SinkWorker, WhatTheSinkLost_IsToldInFrontOfWhatGotThrough) {
  const InZone zone;
  std::string calls;
  SeenLosses losses;
  SinkWorkerOptions options;
  options.name = "late";
  options.index = kSink;
  options.queue_bytes = 1 << 20;
  options.losses = &losses;
  auto worker = SinkWorker::create(options, std::make_unique<LateSink>(calls), [](const auto&, const auto&) {});
  ASSERT_TRUE(worker);
  (*worker)->start();
  for (const auto& messages : {std::vector<std::string>{"a", "b"}, std::vector<std::string>{"c"}}) {
    const std::shared_ptr<const record::RecordBatch> batch = batch_of(messages);
    EXPECT_TRUE((*worker)->queue(0).offer(batch, {.bytes = 1, .records = messages.size()}));
  }
  (*worker)->queue(0).close();
  EXPECT_TRUE((*worker)->stop(20s));
  EXPECT_EQ(calls,
            "lost\n"
            "logsniffd: 2 records lost here (unreachable) between 10:27:44.016601 and 10:27:44.016601, filter app\n"
            "written\n");
  EXPECT_EQ(losses.name, "late");
  EXPECT_THAT(losses.seen, testing::ElementsAre("unreachable: a", "unreachable: b"));
}

TEST(SinkWorker, QueueThatIsNeverEmpty_KeepsNoOtherWaiting) {
  ChangeableSink::Target target;
  SinkWorkerOptions options;
  options.index = kSink;
  options.queue_bytes = 1 << 20;
  options.capture_workers = 2;
  auto worker = SinkWorker::create(options, std::make_unique<ChangeableSink>(target), [](const auto&, const auto&) {});
  ASSERT_TRUE(worker);
  const auto offer = [&worker](std::size_t capture_worker, const std::string& message) {
    const std::shared_ptr<const record::RecordBatch> batch = batch_of(std::vector<std::string>{message});
    EXPECT_TRUE((*worker)->queue(capture_worker).offer(batch, {.bytes = 1, .records = 1}));
  };
  for (const char* message : {"a1", "a2", "a3"}) offer(0, message);
  offer(1, "b1");
  for (const std::size_t capture_worker : {0U, 1U}) (*worker)->queue(capture_worker).close();
  (*worker)->start();
  EXPECT_TRUE((*worker)->stop(20s));
  EXPECT_THAT(target.took, testing::ElementsAre("a1", "b1", "a2", "a3"));
}

// What a worker says about its target, and what it reports.
class WorkerOfATarget : public testing::Test {
 protected:
  // Records are captured at kWhen.
  std::unique_ptr<SinkWorker> made(bool replay = false) {
    SinkWorkerOptions options;
    options.name = "s";
    options.index = kSink;
    options.queue_bytes = 1000;
    options.capture_workers = 2;
    options.replay = replay;
    options.wall = [] { return kWhen + 7ms; };
    auto worker = SinkWorker::create(options, std::make_unique<ChangeableSink>(target),
                                     [this](const auto&, const std::string& error) { errors.push_back(error); });
    EXPECT_TRUE(worker);
    return std::move(*worker);
  }
  static void offer(SinkWorker& worker, const std::string& message) {
    const std::shared_ptr<const record::RecordBatch> batch = batch_of(std::vector<std::string>{message});
    EXPECT_TRUE(worker.queue(0).offer(batch, {.bytes = 100, .records = 1}));
  }
  // Writes what was offered.
  static void finish(SinkWorker& worker) {
    for (const std::size_t i : {0U, 1U}) worker.queue(i).close();
    worker.start();
    EXPECT_TRUE(worker.stop(20s));
  }

  ChangeableSink::Target target;
  std::vector<std::string> errors;
};

TEST_F(WorkerOfATarget, WrittenRecords_HaveLatenciesAndATime) {
  const auto worker = made();
  EXPECT_EQ(worker->last_write(), std::nullopt);
  for (const char* message : {"a", "b"}) offer(*worker, message);
  finish(*worker);
  EXPECT_EQ(worker->latency().count, 2);
  EXPECT_EQ(worker->latency().p99, 7ms);
  EXPECT_EQ(worker->latencies().cumulative(std::vector<Duration>{5ms, 10ms}).counts,
            (std::vector<std::uint64_t>{0, 2}));
  EXPECT_EQ(worker->last_write(), kWhen + 7ms);
  EXPECT_FALSE(worker->health().failing);
}

TEST_F(WorkerOfATarget, Replay_MeasuresNoLatency) {
  const auto worker = made(true);
  offer(*worker, "a");
  finish(*worker);
  EXPECT_EQ(worker->figures().written, 1);
  EXPECT_EQ(worker->latency().count, 0);
}

TEST_F(WorkerOfATarget, TargetThatCannotBeOpened_IsFailing) {
  target.go_away();
  const auto worker = made();
  EXPECT_FALSE(worker->open());
  EXPECT_TRUE(worker->health().failing);
  EXPECT_EQ(worker->health().trouble, "the target: away");
  target.come_back();
  offer(*worker, "a");
  finish(*worker);
  EXPECT_FALSE(worker->health().failing);
}

TEST_F(WorkerOfATarget, TroubleWithinTheInterval_IsReportedOnceAndTheStateIsRight) {
  target.takes = 1;
  const auto worker = made();
  for (const char* message : {"a", "b", "c", "d"}) offer(*worker, message);
  finish(*worker);
  EXPECT_THAT(errors, testing::ElementsAre("the target: away"));
  EXPECT_TRUE(worker->health().failing);
}

TEST_F(WorkerOfATarget, BytesOfTheQueues_AreThoseOffered) {
  const auto worker = made();
  EXPECT_EQ(worker->queue_bytes(), 2000);
  for (const char* message : {"a", "b"}) offer(*worker, message);
  EXPECT_EQ(worker->queued_bytes(), 200);
  finish(*worker);
  EXPECT_EQ(worker->queued_bytes(), 0);
}

// Fails in another way each time, also at the start.
class InventiveSink final : public Sink {
 public:
  Status open() override { return {}; }
  void start(Interrupt&) override { error_ = "start"; }
  void write(const record::RecordBatch& batch, unsigned index, Interrupt&) override {
    error_ = "error " + std::to_string(++errors_);
    leave_rest(batch, index, 0, DropReason::io_error);
  }
  bool write_notice(std::string_view, PacketTime, Interrupt&) override { return false; }

 private:
  int errors_ = 0;
};

TEST_F(WorkerOfATarget, ErrorThatIsHeldBackAtTheEnd_IsReported) {
  SinkWorkerOptions options;
  options.index = kSink;
  options.queue_bytes = 1000;
  auto worker = SinkWorker::create(options, std::make_unique<InventiveSink>(),
                                   [this](const auto&, const std::string& error) { errors.push_back(error); });
  ASSERT_TRUE(worker);
  for (const char* message : {"a", "b"}) offer(**worker, message);
  (*worker)->queue(0).close();
  (*worker)->start();
  EXPECT_TRUE((*worker)->stop(20s));
  EXPECT_THAT(errors, testing::ElementsAre("start", "error 2 (the latest of 2 errors since the last report)"));
  EXPECT_EQ((*worker)->health().trouble, "error 2");
}

TEST_F(WorkerOfATarget, SinkThatCannotStart_IsFailing) {
  SinkWorkerOptions options;
  options.index = kSink;
  auto worker = SinkWorker::create(options, std::make_unique<InventiveSink>(), [](const auto&, const auto&) {});
  ASSERT_TRUE(worker);
  (*worker)->queue(0).close();
  (*worker)->start();
  EXPECT_TRUE((*worker)->stop(20s));
  EXPECT_TRUE((*worker)->health().failing);
  EXPECT_EQ((*worker)->health().trouble, "start");
}

// Refuses every other batch.
class AlternatingSink final : public Sink {
 public:
  Status open() override { return {}; }
  void write(const record::RecordBatch& batch, unsigned index, Interrupt&) override {
    refuses_ = !refuses_;
    if (refuses_) {
      error_ = "refused";
      leave_rest(batch, index, 0, DropReason::io_error);
    } else {
      counters_.written.add(batch.count_for(index));
    }
  }
  bool write_notice(std::string_view, PacketTime, Interrupt&) override { return true; }

 private:
  bool refuses_ = false;
};

TEST_F(WorkerOfATarget, ReadWhileItWrites_IsAlwaysWhole) {
  SinkWorkerOptions options;
  options.index = kSink;
  options.queue_bytes = 1'000'000;
  options.wall = [] { return kWhen + 7ms; };
  auto worker = SinkWorker::create(options, std::make_unique<AlternatingSink>(), [](const auto&, const auto&) {});
  ASSERT_TRUE(worker);
  (*worker)->start();
  for (int i = 0; i < 200; ++i) {
    offer(**worker, "a");
    const SinkHealth health = (*worker)->health();
    ASSERT_EQ(health.trouble, health.failing ? "refused" : "");
    const LatencySummary latency = (*worker)->latency();
    ASSERT_EQ(latency.p50, latency.count > 0 ? 7ms : 0ms);
    ASSERT_THAT((*worker)->last_write(), testing::AnyOf(std::nullopt, testing::Optional(kWhen + 7ms)));
    ASSERT_LE((*worker)->queued_bytes(), (*worker)->queue_bytes());
  }
  (*worker)->queue(0).close();
  EXPECT_TRUE((*worker)->stop(20s));
  EXPECT_EQ((*worker)->latency().count, 100);
}

}  // namespace
}  // namespace logsniffd::sink
