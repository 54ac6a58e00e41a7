// What the deliveries of a sink say about its target.
#include "daemon/sink/delivery_watch.hpp"

#include "tests/support/changeable_sink.hpp"
#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::Eq;
using testing::Optional;

class DeliveryWatchTest : public testing::Test {
 protected:
  DeliveryWatchTest() { sink.observe(watch); }

  // The records were captured at kWhen.
  void deliver(const std::vector<std::string>& messages) {
    sink.deliver(*batch_of(messages), kSink, interrupt);
    (void)sink.take_error();
  }
  bool failing() { return watch.health().failing; }

  PacketTime now = kWhen;
  DeliveryWatch watch{[this] { return now; }, false};
  ChangeableSink::Target target;
  ChangeableSink sink{target};
  Interrupt interrupt = std::move(*Interrupt::create());
};

TEST_F(DeliveryWatchTest, NothingDelivered_TargetIsWell) {
  now += 1s;
  EXPECT_FALSE(failing());
  EXPECT_EQ(watch.health().since, kWhen);
  EXPECT_EQ(watch.last_write(), std::nullopt);
}

TEST_F(DeliveryWatchTest, EveryWrittenRecord_HasItsLatency) {
  now += 3ms;
  deliver({"a", "b"});
  EXPECT_EQ(watch.latencies().summary().count, 2);
  EXPECT_EQ(watch.latencies().summary().p50, 3ms);
  EXPECT_THAT(watch.last_write(), Optional(Eq(now)));
  EXPECT_EQ(watch.health().since, kWhen);
}

TEST_F(DeliveryWatchTest, Refusal_FailsFromThenOnWithItsReason) {
  now += 1s;
  target.go_away();
  deliver({"a"});
  now += 1s;
  deliver({"b"});
  EXPECT_TRUE(failing());
  EXPECT_EQ(watch.health().since, kWhen + 1s);
  EXPECT_EQ(watch.health().trouble, "the target: away");
  EXPECT_EQ(watch.last_write(), std::nullopt);
  EXPECT_EQ(watch.latencies().summary().count, 0);
}

TEST_F(DeliveryWatchTest, FirstWriteAfterARefusal_IsTheRecovery) {
  target.go_away();
  deliver({"a"});
  target.come_back();
  now += 5s;
  deliver({"b"});
  EXPECT_FALSE(failing());
  EXPECT_EQ(watch.health().since, kWhen + 5s);
  EXPECT_EQ(watch.health().trouble, "");
}

TEST_F(DeliveryWatchTest, TargetThatTakesOnlyAPart_FailsAndTheWrittenOnesCount) {
  target.takes = 2;
  deliver({"a", "b", "c"});
  EXPECT_TRUE(failing());
  EXPECT_EQ(watch.latencies().summary().count, 2);
  now += 1s;
  target.takes = 1;
  deliver({"d", "e"});
  EXPECT_EQ(watch.health().since, kWhen);
  EXPECT_THAT(watch.last_write(), Optional(Eq(now)));
}

TEST_F(DeliveryWatchTest, RecordThatIsTooLarge_SaysNothingAboutTheTarget) {
  target.refused = "large";
  deliver({"large"});
  EXPECT_FALSE(failing());
  EXPECT_EQ(watch.last_write(), std::nullopt);
  target.go_away();
  deliver({"a"});
  target.come_back();
  deliver({"large"});
  EXPECT_TRUE(failing());
}

TEST_F(DeliveryWatchTest, SinkThatWasStopped_SaysNothingAboutTheTarget) {
  target.go_away(DropReason::shutdown);
  deliver({"a"});
  EXPECT_FALSE(failing());
}

// Refuses everything, and does not say why.
class SilentSink final : public Sink {
 public:
  Status open() override { return {}; }
  void write(const record::RecordBatch& batch, unsigned index, Interrupt&) override {
    leave_rest(batch, index, 0, DropReason::no_space);
  }
  bool write_notice(std::string_view, PacketTime, Interrupt&) override { return false; }
};

TEST_F(DeliveryWatchTest, RefusalWithoutAReason_IsToldByItsKind) {
  SilentSink silent;
  silent.observe(watch);
  silent.deliver(*batch_of(std::vector<std::string>{"a"}), kSink, interrupt);
  EXPECT_EQ(watch.health().trouble, "records are not taken: no space");
}

TEST_F(DeliveryWatchTest, RefusalWithoutAReason_KeepsTheOneThatIsKnown) {
  watch.on_trouble("cannot connect");
  SilentSink silent;
  silent.observe(watch);
  silent.deliver(*batch_of(std::vector<std::string>{"a"}), kSink, interrupt);
  EXPECT_EQ(watch.health().trouble, "cannot connect");
}

TEST_F(DeliveryWatchTest, NoticeThatIsRefused_MeansThatTheTargetFails) {
  target.go_away();
  EXPECT_FALSE(sink.deliver_notice("lost", kWhen, interrupt));
  EXPECT_TRUE(failing());
  EXPECT_EQ(watch.health().trouble, "the target: away");
}

TEST_F(DeliveryWatchTest, NoticeAfterTheStop_SaysNothingAboutTheTarget) {
  target.go_away();
  interrupt.raise();
  EXPECT_FALSE(sink.deliver_notice("lost", kWhen, interrupt));
  EXPECT_FALSE(failing());
}

TEST_F(DeliveryWatchTest, Replay_HasNoLatencies) {
  DeliveryWatch replay([this] { return now; }, true);
  sink.observe(replay);
  deliver({"a"});
  EXPECT_EQ(replay.latencies().summary().count, 0);
  EXPECT_THAT(replay.last_write(), Optional(Eq(now)));
}

}  // namespace
}  // namespace logsniffd::sink
