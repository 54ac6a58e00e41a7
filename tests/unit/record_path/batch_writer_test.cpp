// Fairness before a sink that is too slow.
#include "daemon/record_path/batch_writer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace logsniffd::record_path {
namespace {

const Address kFlood = *Address::parse("192.0.2.66");

class BatchWriterTest : public testing::Test {
 protected:
  BatchWriterTest() {
    auto names = std::make_shared<record::FilterNames>();
    names->push_back("all");
    writer_.configure(std::move(names), {{0, &queue_}});
  }

  void say(const Address& source, std::size_t times) {
    record::LogRecord record;
    record.flow.src.address = source;
    record.message = message_;
    for (std::size_t i = 0; i < times; ++i) {
      writer_.append(record, {{.filter = 0, .sinks = 1}}, now_);
      ++said_[source];
    }
  }
  // The number of batches that the sink writes in the same time.
  void take(std::size_t batches) {
    BatchQueue::Item item;
    for (; batches > 0 && queue_.take(item); --batches) {
      reported_lost_ += item.lost_before.records;
      std::vector<record::Field> scratch;
      for (std::size_t i = 0; i < item.object->size(); ++i) ++got_[item.object->record(i, scratch).flow.src.address];
      queue_.release(item);
    }
  }
  void take_rest() {
    writer_.publish();
    take(BatchQueue::kDepth);
    reported_lost_ += queue_.last_loss().records;
    std::uint64_t said = 0;
    std::uint64_t got = 0;
    for (const auto& [source, records] : said_) said += records;
    for (const auto& [source, records] : got_) got += records;
    EXPECT_EQ(queue_.counters().offered.get(), said);
    EXPECT_EQ(queue_.counters().accepted.get(), got);
    EXPECT_EQ(queue_.counters().dropped.get(), said - got);
    EXPECT_EQ(reported_lost_, said - got);
  }

  std::atomic<bool> abandon_{false};
  queue::Wakeup wakeup_;
  BatchQueue queue_{8U << 20, wakeup_};
  BatchWriter writer_{Overload::drop, std::chrono::milliseconds(50), abandon_};
  const std::string message_ = std::string(1000, 'm');
  PacketTime now_{std::chrono::seconds(1'790'000'000)};
  std::map<Address, std::uint64_t> said_;
  std::map<Address, std::uint64_t> got_;
  std::uint64_t reported_lost_ = 0;
};

TEST_F(BatchWriterTest, OneSourceFloodsASlowSink_TheOthersLoseNothing) {
  for (int round = 0; round < 300; ++round) {
    for (unsigned host = 1; host <= 10; ++host) {
      say(kFlood, 100);
      say(*Address::parse("192.0.2." + std::to_string(host)), 1);
    }
    writer_.publish();
    take(1);
  }
  take_rest();
  EXPECT_LT(got_[kFlood], said_[kFlood] / 2);
  for (const auto& [source, said] : said_) {
    if (source == kFlood) continue;
    EXPECT_EQ(got_[source], said) << source.to_string();
  }
  EXPECT_GT(queue_.counters().dropped_share.get(), 0U);
}

TEST_F(BatchWriterTest, OneSourceAlone_MayFillTheQueue) {
  for (int round = 0; round < 100; ++round) {
    say(kFlood, 1000);
    writer_.publish();
  }
  EXPECT_GT(queue_.queued_bytes(), queue_.byte_budget() / 10 * 9);
  EXPECT_EQ(queue_.counters().dropped_share.get(), 0U);
  take_rest();
}

TEST_F(BatchWriterTest, EverythingIsKeptBack_ComesThroughAgainWhenTheQueueIsEmpty) {
  say(*Address::parse("192.0.2.1"), 2000);
  for (int round = 0; round < 20; ++round) {
    say(kFlood, 1000);
    say(*Address::parse("192.0.2.1"), 1);
    writer_.publish();
  }
  take(BatchQueue::kDepth);
  say(kFlood, 1000);
  writer_.publish();
  const std::uint64_t before = got_[kFlood];
  take(BatchQueue::kDepth);
  EXPECT_GT(got_[kFlood], before);
  take_rest();
}

}  // namespace
}  // namespace logsniffd::record_path
