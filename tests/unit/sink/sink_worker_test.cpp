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
    (first ? counters_.dropped_for(DropReason::unreachable) : counters_.written).add(batch.count_for(index));
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
  SinkWorkerOptions options;
  options.index = kSink;
  options.queue_bytes = 1 << 20;
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

}  // namespace
}  // namespace logsniffd::sink
