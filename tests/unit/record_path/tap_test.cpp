// Which copies a tap gets, and how it hands them over.
#include "daemon/record_path/tap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace logsniffd::record_path {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

record::LogRecord message(std::string_view text) {
  record::LogRecord record;
  record.message = text;
  return record;
}

constexpr std::array<std::string_view, kQueueFull + 1> kTapFateNames{
    "routed", "not_text", "severity", "where", "no_match", "excluded", "sampled", "repeated", "limited", "queue_full"};

class TapTest : public testing::Test {
 protected:
  Tap tap(TapOptions options, std::uint64_t budget = 1 << 20) {
    queue_ = std::make_unique<BatchQueue>(budget, wakeup_);
    Tap tap(std::move(options), *queue_);
    tap.configure({"first", "second"}, {{.sink = 3, .queue = nullptr, .name = "out"}});
    return tap;
  }
  // "NAME FATE MESSAGE" of each record that was handed over, and the sink that lost it.
  std::vector<std::string> taken() {
    std::vector<std::string> lines;
    for (BatchQueue::Item item; queue_->take(item);) {
      for (std::size_t i = 0; i < item.object->size(); ++i) {
        const auto fate = static_cast<std::size_t>(std::countr_zero(item.object->header(i).sinks));
        lines.push_back(std::string(item.object->filter_name(i)) + " " + std::string(kTapFateNames[fate]) + " " +
                        std::string(item.object->message(i)));
        if (fate >= kQueueFull) lines.back() += " " + item.object->filter_names().back();
      }
      queue_->release(item);
    }
    return lines;
  }

  const PacketTime now_{std::chrono::seconds(1000)};
  queue::Wakeup wakeup_;
  std::unique_ptr<BatchQueue> queue_;
};

TEST_F(TapTest, EveryFilter_GetsEachRoute) {
  Tap all = tap({});
  all.routed(message("a"), {{0, 1}, {1, 1}}, now_);
  all.publish();
  EXPECT_THAT(taken(), ElementsAre("first routed a", "second routed a"));
}

TEST_F(TapTest, NamedFilter_GetsOnlyItsOwn) {
  Tap second = tap({.filters = {"second", "nosuch"}});
  second.routed(message("a"), {{0, 1}, {1, 1}}, now_);
  second.routed(message("b"), {{0, 1}}, now_);
  second.publish();
  EXPECT_THAT(taken(), ElementsAre("second routed a"));
}

TEST_F(TapTest, OfRoutedRecords_GetsNoneThatIsDropped) {
  Tap routed = tap({});
  routed.refused(message("a"), {0, filter::RouteVerdict::excluded}, now_);
  routed.publish();
  EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(TapTest, OfDroppedRecords_GetsThemWithTheReason) {
  Tap dropped = tap({.filters = {}, .dropped = true});
  dropped.routed(message("a"), {{0, 1}}, now_);
  dropped.refused(message("b"), {0, filter::RouteVerdict::excluded}, now_);
  dropped.refused(message("b"), {1, filter::RouteVerdict::severity}, now_);
  dropped.refused(message("c"), {0, filter::RouteVerdict::no_match}, now_);
  dropped.refused(message("c"), {1, filter::RouteVerdict::not_text}, now_);
  dropped.publish();
  EXPECT_THAT(taken(), ElementsAre("first excluded b", "second severity b", "first no_match c", "second not_text c"));
}

TEST_F(TapTest, BatchThatASinkLost_GivesTheRecordsOfThatSink) {
  record::RecordBatch batch;
  batch.begin(std::make_shared<record::FilterNames>(record::FilterNames{"first", "second"}));
  batch.append(message("a"), 0, 1 << 3);
  batch.append(message("b"), 0, 1 << 4);
  batch.append(message("c"), 1, 1 << 3 | 1 << 4);
  Tap dropped = tap({.filters = {}, .dropped = true});
  dropped.lost(batch, 3, now_);
  dropped.publish();
  EXPECT_THAT(taken(), ElementsAre("first queue_full a out", "second queue_full c out"));
  Tap second = tap({.filters = {"second"}, .dropped = true});
  second.lost(batch, 3, now_);
  second.publish();
  EXPECT_THAT(taken(), ElementsAre("second queue_full c out"));
}

TEST_F(TapTest, OpenBatch_IsHandedOverAfterItsLinger) {
  Tap lingering = tap({.filters = {}, .dropped = false, .linger = std::chrono::milliseconds(50)});
  lingering.routed(message("a"), {{0, 1}}, now_);
  lingering.publish_if_old(now_ + std::chrono::milliseconds(49));
  EXPECT_THAT(taken(), IsEmpty());
  lingering.publish_if_old(now_ + std::chrono::milliseconds(50));
  EXPECT_THAT(taken(), ElementsAre("first routed a"));
}

TEST_F(TapTest, QueueThatIsFull_CountsTheCopiesItLoses) {
  Tap slow = tap({}, 1);
  for (const char* text : {"a", "b", "c"}) {
    slow.routed(message(text), {{0, 1}}, now_);
    slow.publish();
  }
  EXPECT_EQ(queue_->counters().dropped.get(), 2U);
  EXPECT_THAT(taken(), ElementsAre("first routed a"));
}

TEST_F(TapTest, OtherPlan_GivesOutTheOpenBatchUnderItsOwnNames) {
  Tap named = tap({.filters = {"second"}});
  named.routed(message("a"), {{1, 1}}, now_);
  named.configure({"other", "more", "second"}, {});
  named.routed(message("b"), {{1, 1}, {2, 1}}, now_);
  named.publish();
  EXPECT_THAT(taken(), ElementsAre("second routed a", "second routed b"));
}

}  // namespace
}  // namespace logsniffd::record_path
