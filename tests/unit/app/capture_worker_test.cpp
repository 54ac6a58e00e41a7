// The worker's loop over a scripted source: what the worker hands over, when, and how it ends.
#include "daemon/app/capture_worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "daemon/app/wall_clock.hpp"
#include "daemon/app/wiring.hpp"
#include "tests/unit/app/scripted_source.hpp"

namespace logsniffd::app {
namespace {

using capture::ReadStatus;
using test::endpoint;
using test::Packet;
using test::Reading;
using test::ScriptedSource;
using test::TcpConversation;
using testing::ElementsAre;

constexpr auto kPatience = std::chrono::seconds(20);
const SinkIndex kSinks{{"out", 0}};

config::Config watching_9988() {
  config::Filter filter;
  filter.name = "app";
  filter.ports = {{9988, 9988}};
  filter.to = {"out"};
  config::Config config;
  config.filters = {filter};
  return config;
}

Packet datagram(std::string_view payload) {
  return test::udp_packet(endpoint("10.0.0.1:50000"), endpoint("10.0.0.2:9988"), payload);
}

class CaptureWorkerTest : public testing::Test {
 protected:
  CaptureWorkerTest() {
    options_.pipeline.limits = pipeline_limits(config::Limits{});
    options_.pipeline.overload = record_path::Overload::wait;
    options_.pipeline.linger = Duration::max();
  }
  ~CaptureWorkerTest() override { worker_.reset(); }  // its listener refers to this

  ScriptedSource& start_with(std::deque<Reading> script, capture::CaptureStatistics statistics = {}) {
    auto owned = std::make_unique<ScriptedSource>(std::move(script), statistics);
    ScriptedSource& source = *owned;
    worker_ = std::make_unique<CaptureWorker>(options_, std::move(owned), [this] { finished_.set_value(); });
    auto plan = make_plan(watching_9988(), kSinks, false);
    EXPECT_TRUE(plan);
    worker_->configure(std::move(*plan), {{0, &queue_}});
    worker_->start();
    return source;
  }
  bool finishes() { return finished_.get_future().wait_for(kPatience) == std::future_status::ready; }

  // Returns the messages handed over so far, with their integrity.
  std::vector<std::string> handed_over() {
    std::vector<std::string> messages;
    record_path::BatchQueue::Item item;
    while (queue_.take(item)) {
      for (std::size_t i = 0; i < item.object->size(); ++i) {
        messages.push_back(std::string(to_string(item.object->header(i).integrity)) + " " +
                           std::string(item.object->message(i)));
      }
      queue_.release(item);
    }
    return messages;
  }
  // The same, but waits until there is a message.
  std::vector<std::string> next_handed_over() {
    wakeup_.prepare();
    if (queue_.empty()) wakeup_.wait(kPatience);
    wakeup_.finish();
    return handed_over();
  }

  CaptureWorkerOptions options_;
  std::promise<void> finished_;
  queue::Wakeup wakeup_;
  record_path::BatchQueue queue_{1 << 20, wakeup_};
  std::unique_ptr<CaptureWorker> worker_;
};

TEST_F(CaptureWorkerTest, SourceEnds_StreamsAreFlushedAndQueueCloses) {
  TcpConversation talk(endpoint("10.0.0.1:50000"), endpoint("10.0.0.2:9988"));
  start_with({{talk.handshake()}, {{talk.client_says("whole line\nthe rest")}, ReadStatus::end}});
  ASSERT_TRUE(finishes());
  EXPECT_THAT(handed_over(), ElementsAre("whole whole line", "unfinished the rest"));
  EXPECT_TRUE(queue_.drained());
  EXPECT_FALSE(worker_->take_error());
}

TEST_F(CaptureWorkerTest, SourceFails_PacketsBeforeItAreHandedOverAndErrorIsKeptOnce) {
  start_with({{{datagram("before")}, fail(Error::runtime("the file is damaged at offset 24"))}});
  ASSERT_TRUE(finishes());
  worker_->stop();
  EXPECT_THAT(handed_over(), ElementsAre("whole before"));
  const auto error = worker_->take_error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "the file is damaged at offset 24");
  EXPECT_FALSE(worker_->take_error());
}

TEST_F(CaptureWorkerTest, SourceIdle_RecordsAreHandedOverWithoutWaitingForMore) {
  ScriptedSource& source = start_with({{{datagram("first")}}});
  EXPECT_THAT(next_handed_over(), ElementsAre("whole first"));
  source.hold({{datagram("second")}});
  EXPECT_THAT(next_handed_over(), ElementsAre("whole second"));
  EXPECT_FALSE(queue_.drained());
}

TEST_F(CaptureWorkerTest, WhileItRuns_CountersAreThoseOfTheLastRound) {
  ScriptedSource& source = start_with({{{datagram("one"), datagram("two")}, ReadStatus::more}, {{datagram("three")}}});
  source.wait_until_exhausted();
  worker_->execute([] {});
  const CaptureCounters counters = worker_->counters();
  EXPECT_EQ(counters.pipeline.packets.received.get(), 3);
  EXPECT_EQ(counters.pipeline.records.routed.get(), 3);
}

TEST_F(CaptureWorkerTest, SourceIdleBehindHole_HoleIsGivenUpByTheClock) {
  TcpConversation talk(endpoint("10.0.0.1:50000"), endpoint("10.0.0.2:9988"));
  std::vector<Packet> packets = talk.handshake();
  talk.skip_client_bytes(10);
  packets.push_back(talk.client_says("behind\n"));
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  options_.time_lag = Duration::zero();
  start_with({{packets, ReadStatus::more, now - std::chrono::minutes(1)}});
  EXPECT_THAT(next_handed_over(), ElementsAre("gap behind"));
}

// An old capture through a pipe whose writer pauses: by the clock, every connection has been silent for years.
TEST_F(CaptureWorkerTest, ReplayPauses_StreamsGoOn) {
  TcpConversation talk(endpoint("10.0.0.1:50000"), endpoint("10.0.0.2:9988"));
  ScriptedSource& source = start_with({{talk.handshake()}, {{talk.client_says("one line ")}}});
  source.wait_until_exhausted();
  source.hold({{talk.client_says("in two pieces\n")}, ReadStatus::end});
  ASSERT_TRUE(finishes());
  EXPECT_THAT(handed_over(), ElementsAre("whole one line in two pieces"));
}

TEST_F(CaptureWorkerTest, StoppedWhileSourceHoldsPackets_TheyAreReadFirst) {
  ScriptedSource& source = start_with({});
  source.wait_until_exhausted();
  source.hold_quietly({{datagram("held by the kernel")}});
  source.hold_quietly({{datagram("and this")}});
  worker_->stop();
  EXPECT_THAT(handed_over(), ElementsAre("whole held by the kernel", "whole and this"));
  EXPECT_TRUE(queue_.drained());
}

TEST_F(CaptureWorkerTest, NeverStarted_StopClosesTheQueues) {
  worker_ = std::make_unique<CaptureWorker>(options_, std::make_unique<ScriptedSource>(std::deque<Reading>{}), [] {});
  auto plan = make_plan(watching_9988(), kSinks, false);
  ASSERT_TRUE(plan);
  worker_->configure(std::move(*plan), {{0, &queue_}});
  worker_->stop();
  EXPECT_TRUE(queue_.drained());
}

TEST_F(CaptureWorkerTest, CountReached_FinishesAndCountsWhatFollowsInThePacket) {
  options_.pipeline.max_records = 2;
  TcpConversation talk(endpoint("10.0.0.1:50000"), endpoint("10.0.0.2:9988"));
  start_with({{talk.handshake()}, {{talk.client_says("one\ntwo\nthree\n")}}, {{talk.client_says("four\n")}}});
  ASSERT_TRUE(finishes());
  worker_->stop();
  EXPECT_THAT(handed_over(), ElementsAre("whole one", "whole two"));
  const record_path::RecordLedger& records = worker_->pipeline().records();
  EXPECT_EQ(records.framed.get(), 3);
  EXPECT_EQ(records.routed.get(), 2);
  EXPECT_EQ(records.over_count.get(), 1);
}

TEST_F(CaptureWorkerTest, ChangeExecuted_RunsOnTheWorkersThreadBetweenPackets) {
  start_with({});
  std::thread::id where;
  worker_->execute([&where] { where = std::this_thread::get_id(); });
  EXPECT_NE(where, std::thread::id());
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_TRUE(worker_->responds(kPatience));
}

TEST_F(CaptureWorkerTest, ChangeExecutedAfterTheEnd_IsAnswered) {
  start_with({{{}, ReadStatus::end}});
  ASSERT_TRUE(finishes());
  bool ran = false;
  worker_->execute([&ran] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST_F(CaptureWorkerTest, ChangeExecutedAfterTheStop_RunsAtOnce) {
  start_with({{{}, ReadStatus::end}});
  worker_->stop();
  std::thread::id ran_on;
  worker_->execute([&] { ran_on = std::this_thread::get_id(); });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(CaptureWorkerTest, WorkerHangs_DoesNotRespond) {
  start_with({});
  std::promise<void> hang;
  std::promise<void> hanging;
  std::thread changer([&] {
    worker_->execute([&] {
      hanging.set_value();
      hang.get_future().wait();
    });
  });
  hanging.get_future().wait();
  EXPECT_FALSE(worker_->responds(std::chrono::milliseconds(1)));
  hang.set_value();
  changer.join();
  EXPECT_TRUE(worker_->responds(kPatience));
}

TEST_F(CaptureWorkerTest, SourceReplaced_OldOneIsReadToItsEndAndItsStatisticsStay) {
  ScriptedSource& old = start_with({}, {.kernel_dropped = 5, .interface_dropped = 3, .filtered_out = 1});
  old.wait_until_exhausted();
  old.hold_quietly({{datagram("from the old source")}});
  auto fresh = std::make_unique<ScriptedSource>(std::deque<Reading>{{{datagram("from the new one")}}},
                                                capture::CaptureStatistics{.kernel_dropped = 2});
  worker_->execute([&] { worker_->replace_source(std::move(fresh)); });
  worker_->stop();
  EXPECT_THAT(handed_over(), ElementsAre("whole from the old source", "whole from the new one"));
  const capture::CaptureStatistics statistics = worker_->counters().statistics();
  EXPECT_EQ(statistics.kernel_dropped, 7);
  EXPECT_EQ(statistics.interface_dropped, 3);
  EXPECT_EQ(statistics.filtered_out, 1);
}

TEST_F(CaptureWorkerTest, SourceReplacedWhileBothCapture_EachPacketIsHandedOverOnce) {
  options_.time_lag = std::chrono::milliseconds(1);
  ScriptedSource& old = start_with({});
  old.wait_until_exhausted();
  const PacketTime before = wall_now();
  const PacketTime later = before + std::chrono::hours(1);
  std::deque<Reading> held{{{datagram("before the change")}, ReadStatus::more, before},
                           {{datagram("after it")}, ReadStatus::more, later}};
  for (const Reading& reading : held) old.hold_quietly(reading);
  worker_->execute([&] { worker_->replace_source(std::make_unique<ScriptedSource>(held)); });
  worker_->stop();
  EXPECT_THAT(handed_over(), ElementsAre("whole before the change", "whole after it"));
}

TEST_F(CaptureWorkerTest, PacketObserverInserted_SeesPacketsAndPassesThemOn) {
  class Counting final : public capture::PacketObserver {
   public:
    void on_packet(const capture::RawPacket& packet) override {
      ++packets;
      next->on_packet(packet);
    }
    int packets = 0;
    capture::PacketObserver* next = nullptr;
  };
  Counting counting;
  worker_ = std::make_unique<CaptureWorker>(options_,
                                            std::make_unique<ScriptedSource>(std::deque<Reading>{
                                                {{datagram("seen by both"), datagram("and this")}, ReadStatus::end}}),
                                            [this] { finished_.set_value(); });
  counting.next = &worker_->pipeline();
  worker_->observe_with(counting);
  auto plan = make_plan(watching_9988(), kSinks, false);
  ASSERT_TRUE(plan);
  worker_->configure(std::move(*plan), {{0, &queue_}});
  worker_->start();
  ASSERT_TRUE(finishes());
  EXPECT_EQ(counting.packets, 2);
  EXPECT_THAT(handed_over(), ElementsAre("whole seen by both", "whole and this"));
}

TEST_F(CaptureWorkerTest, StreamLosesBytes_IsToldOnceWhileItRunsAndTheRestAfterTheStop) {
  constexpr Duration kLong = std::chrono::seconds(5);
  TcpConversation talk(endpoint("10.0.0.1:50000"), endpoint("10.0.0.2:9988"));
  Reading lossy{{talk.handshake()}};
  talk.skip_client_bytes(10);
  lossy.packets.push_back(talk.client_says("behind a gap\n"));
  Reading later{{talk.client_says("next\n")}};
  later.at = lossy.at + kLong;
  ScriptedSource& source = start_with({lossy, later});
  source.wait_until_exhausted();
  std::vector<std::uint64_t> reported;
  const auto listener = [&reported](const record_path::UnreadReport& report) {
    for (const auto& stream : report.streams) reported.push_back(stream.bytes.missing);
  };
  worker_->report_unread(listener);
  worker_->report_unread(listener);
  worker_->execute([] {});
  EXPECT_THAT(reported, ElementsAre(10));

  talk.skip_client_bytes(7);
  Reading last{{talk.client_says("behind another\n")}};
  last.at = later.at;
  source.hold(last);
  worker_->stop();
  worker_->report_unread(listener);
  EXPECT_THAT(reported, ElementsAre(10, 7));
}

}  // namespace
}  // namespace logsniffd::app
