// Which copies a tap gets of what sinks drop, while sinks drop on several threads and taps come and go.
#include "daemon/app/loss_taps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <thread>

namespace logsniffd::app {
namespace {

using record_path::BatchQueue;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kArrivalPatience = std::chrono::seconds(20);

// "FILTER" and the message of each record.
using Lines = std::vector<std::pair<std::string, std::string>>;

record::RecordBatch batch_of(const Lines& lines) {
  auto names = std::make_shared<record::FilterNames>();
  const auto number_of = [&](const std::string& filter) {
    return std::find(names->begin(), names->end(), filter) - names->begin();
  };
  for (const auto& [filter, message] : lines) {
    if (number_of(filter) == std::ssize(*names)) names->push_back(filter);
  }
  record::RecordBatch batch;
  batch.begin(names);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    record::LogRecord record;
    record.host = "web";
    record.message = lines[i].second;
    batch.append(record, static_cast<std::uint16_t>(number_of(lines[i].first)), 1);
  }
  return batch;
}

struct Watcher {
  explicit Watcher(std::uint64_t budget = 1 << 20) : queue(budget, wakeup) {}

  // "SINK FATE FILTER HOST MESSAGE" of each record that came.
  std::vector<std::string> taken() {
    std::vector<std::string> lines;
    std::vector<record::Field> fields;
    for (BatchQueue::Item item; queue.take(item);) {
      for (std::size_t i = 0; i < item.object->size(); ++i) {
        const auto fate = std::countr_zero(item.object->header(i).sinks);
        const record::LogRecord record = item.object->record(i, fields);
        lines.push_back(item.object->filter_names().back() + " " + std::to_string(fate) + " " +
                        std::string(item.object->filter_name(i)) + " " + std::string(record.host) + " " +
                        std::string(record.message));
      }
      queue.release(item);
    }
    return lines;
  }
  void wait() {
    wakeup.prepare();
    if (queue.empty()) wakeup.wait(kArrivalPatience);
    wakeup.finish();
  }

  queue::Wakeup wakeup;
  BatchQueue queue;
};

std::string fate(sink::DropReason reason) { return std::to_string(fate_of(reason)); }

TEST(LossTaps, TheRecordsThatWereDropped_ComeWithSinkReasonAndAttributes) {
  LossTaps taps;
  Watcher watcher;
  EXPECT_FALSE(taps.watches());
  taps.add(watcher.queue, {});
  EXPECT_TRUE(taps.watches());
  const record::RecordBatch batch = batch_of({{"app", "a"}, {"app", "b"}, {"db", "c"}});
  const std::vector<std::uint32_t> numbers{0, 2};
  taps.on_loss({"disk", batch, numbers, sink::DropReason::no_space});
  EXPECT_THAT(watcher.taken(), ElementsAre("disk " + fate(sink::DropReason::no_space) + " app web a",
                                           "disk " + fate(sink::DropReason::no_space) + " db web c"));
  taps.on_loss({"far", batch, {&numbers[1], 1}, sink::DropReason::unreachable});
  EXPECT_THAT(watcher.taken(), ElementsAre("far " + fate(sink::DropReason::unreachable) + " db web c"));
}

TEST(LossTaps, NamedFilters_SelectByTheNamesOfTheBatch) {
  LossTaps taps;
  Watcher both;
  Watcher neither;
  taps.add(both.queue, {"db", "nosuch", "app"});
  taps.add(neither.queue, {"other"});
  const record::RecordBatch batch = batch_of({{"app", "a"}, {"web", "b"}, {"db", "c"}});
  const std::vector<std::uint32_t> numbers{0, 1, 2};
  taps.on_loss({"out", batch, numbers, sink::DropReason::timeout});
  const std::string start = "out " + fate(sink::DropReason::timeout);
  EXPECT_THAT(both.taken(), ElementsAre(start + " app web a", start + " db web c"));
  EXPECT_THAT(neither.taken(), IsEmpty());
  EXPECT_EQ(neither.queue.counters().offered.get(), 0U);
}

TEST(LossTaps, ManyRecords_ComeInSeveralBatches) {
  LossTaps taps;
  Watcher watcher(64 << 20);
  taps.add(watcher.queue, {});
  const record::RecordBatch batch = batch_of(Lines(40'000, {"app", "x"}));
  std::vector<std::uint32_t> numbers(batch.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  taps.on_loss({"out", batch, numbers, sink::DropReason::timeout});
  std::size_t records = 0;
  for (BatchQueue::Item item; watcher.queue.take(item);) {
    EXPECT_LE(item.object->memory_bytes(), LossTaps::kCopyBytes + 1000);
    records += item.object->size();
    watcher.queue.release(item);
  }
  EXPECT_EQ(records, numbers.size());
}

TEST(LossTaps, QueueThatIsFull_WhatIsMissedIsToldOnce) {
  LossTaps taps;
  Watcher slow(1);
  taps.add(slow.queue, {});
  const record::RecordBatch batch = batch_of({{"app", "a"}, {"app", "b"}});
  const std::vector<std::uint32_t> numbers{0, 1};
  for (int i = 0; i < 3; ++i) taps.on_loss({"out", batch, numbers, sink::DropReason::timeout});
  EXPECT_EQ(slow.queue.counters().dropped.get(), 0U) << "nothing was copied in vain";
  EXPECT_EQ(slow.taken().size(), 2U);
  EXPECT_EQ(taps.take_missed(slow.queue).records, 4U);
  EXPECT_EQ(taps.take_missed(slow.queue).records, 0U);
}

TEST(LossTaps, TapThatLeft_GetsNothingMore) {
  LossTaps taps;
  Watcher gone;
  Watcher stays;
  taps.add(gone.queue, {});
  taps.add(stays.queue, {});
  taps.remove(gone.queue);
  EXPECT_TRUE(taps.watches());
  const record::RecordBatch batch = batch_of({{"app", "a"}});
  const std::uint32_t first = 0;
  taps.on_loss({"out", batch, {&first, 1}, sink::DropReason::timeout});
  EXPECT_THAT(gone.taken(), IsEmpty());
  EXPECT_EQ(stays.taken().size(), 1U);
  taps.remove(stays.queue);
  EXPECT_FALSE(taps.watches());
  taps.on_loss({"out", batch, {&first, 1}, sink::DropReason::timeout});  // by a sink that asked before
  EXPECT_THAT(stays.taken(), IsEmpty());
}

// Drops numbered records until it is told to stop.
void drop_records(LossTaps& taps, const std::string& sink, const std::stop_token& stop) {
  const std::vector<std::uint32_t> numbers{0, 1};
  for (std::uint64_t serial = 0; !stop.stop_requested(); serial += 2) {
    const record::RecordBatch batch = batch_of({{"app", std::to_string(serial)}, {"app", std::to_string(serial + 1)}});
    if (taps.watches()) taps.on_loss({sink, batch, numbers, sink::DropReason::io_error});
  }
}

TEST(LossTaps, SinksDropWhileTapsComeAndGo_EachTapGetsOrCountsEveryRecordInOrder) {
  constexpr std::uint64_t kMany = 2000;
  LossTaps taps;
  std::vector<std::jthread> sinks;
  for (const char* name : {"a", "b", "c"}) {
    sinks.emplace_back([&taps, name](const std::stop_token& stop) { drop_records(taps, name, stop); });
  }
  for (int round = 0; round < 20; ++round) {
    Watcher first(round % 2 == 0 ? 1 << 20 : 1000);
    Watcher second;
    taps.add(first.queue, {});
    if (round % 3 == 0) taps.add(second.queue, {"other"});
    std::vector<std::string> lines;
    while (lines.size() < kMany / 20) {
      first.wait();
      for (std::string& line : first.taken()) lines.push_back(std::move(line));
    }
    const std::uint64_t missed = taps.remove(first.queue).records;
    taps.remove(second.queue);
    for (std::string& line : first.taken()) lines.push_back(std::move(line));

    const queue::HandOverCounters counted = first.queue.counters();
    EXPECT_EQ(counted.accepted.get(), lines.size());
    EXPECT_EQ(counted.dropped.get(), 0U);
    EXPECT_EQ(second.queue.counters().offered.get(), 0U);
    std::map<std::string, std::uint64_t> next;
    for (const std::string& line : lines) {
      const std::string sink = line.substr(0, 1);
      const std::uint64_t serial = std::stoull(line.substr(line.rfind(' ')));
      if (const auto seen = next.find(sink); seen != next.end() && missed == 0) {
        EXPECT_EQ(serial, seen->second) << line;
      } else if (seen != next.end()) {
        EXPECT_GE(serial, seen->second) << line;
      }
      next[sink] = serial + 1;
    }
    EXPECT_FALSE(taps.watches());
  }
}

}  // namespace
}  // namespace logsniffd::app
