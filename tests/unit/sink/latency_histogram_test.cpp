#include "daemon/sink/latency_histogram.hpp"

#include <cmath>
#include <latch>
#include <thread>

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::ElementsAre;

class LatencyHistogramTest : public testing::Test {
 protected:
  // Adds records that took so long, in one batch.
  void add(const std::vector<Duration>& latencies) {
    std::vector<record::LogRecord> records;
    for (const Duration latency : latencies) records.push_back(plain_record("x", kWhen - latency));
    histogram.add(*batch_of(records), kSink, records.size(), kWhen);
  }
  std::vector<std::uint64_t> counts(const std::vector<Duration>& bounds) { return histogram.cumulative(bounds).counts; }

  LatencyHistogram histogram;
};

TEST_F(LatencyHistogramTest, NothingAdded_EverythingIsZero) {
  const LatencySummary summary = histogram.summary();
  EXPECT_EQ(summary.count, 0);
  EXPECT_EQ(summary.p50, 0ns);
  EXPECT_EQ(summary.p99, 0ns);
  EXPECT_EQ(summary.longest, 0ns);
  const CumulativeLatency cumulative = histogram.cumulative({});
  EXPECT_EQ(cumulative.count, 0);
  EXPECT_EQ(cumulative.sum.count(), 0);
  EXPECT_THAT(counts({1us, 1h, Duration::max()}), ElementsAre(0, 0, 0));
}

TEST_F(LatencyHistogramTest, OneRecord_IsEveryPercentile) {
  add({1234567ns});
  const LatencySummary summary = histogram.summary();
  EXPECT_EQ(summary.count, 1);
  for (const Duration value : {summary.p50, summary.p90, summary.p99, summary.longest}) EXPECT_EQ(value, 1234567ns);
}

TEST_F(LatencyHistogramTest, HundredDifferentLatencies_PercentilesAreTheOnesOfTheirRanks) {
  std::vector<Duration> latencies;
  for (int i = 1; i <= 100; ++i) latencies.push_back(i * 10ms);
  add(latencies);
  const LatencySummary summary = histogram.summary();
  EXPECT_EQ(summary.count, 100);
  EXPECT_EQ(summary.p50, 500ms);  // bounds themselves
  EXPECT_EQ(summary.p90, 900ms);
  EXPECT_EQ(summary.p99, 990ms);
  EXPECT_EQ(summary.longest, 1s);
}

TEST_F(LatencyHistogramTest, AnyLatency_IsAtMostOnePercentOrOneMicrosecondBelowItsBound) {
  for (double value = 1; value < 3.6e12; value *= 1.037) {
    const Duration latency(std::llround(value));
    LatencyHistogram fresh;
    fresh.add(*batch_of({plain_record("x", kWhen - latency), plain_record("y", kWhen - 2h)}), kSink, 2, kWhen);
    const Duration p50 = fresh.summary().p50;
    ASSERT_GE(p50, latency);
    ASSERT_LE(p50 - latency, std::max<Duration>(1us, latency / 100)) << latency.count();
  }
}

TEST_F(LatencyHistogramTest, BoundOfABucket_BelongsToIt) {
  add({999999ns, 1ms, 1000001ns});
  EXPECT_THAT(counts({999us, 1ms, 1100us}), ElementsAre(0, 2, 3));
}

TEST_F(LatencyHistogramTest, BoundOfTwoDigits_IsExactInEveryDecade) {
  for (const Duration bound : std::initializer_list<Duration>{1us,  99us, 110us, 250us, 1ms,   2500us, 5ms,   5100us,
                                                              10ms, 25ms, 50ms,  100ms, 250ms, 500ms,  1s,    2500ms,
                                                              5s,   10s,  59s,   100s,  250s,  1000s,  2500s, 3600s}) {
    LatencyHistogram fresh;
    fresh.add(*batch_of({plain_record("x", kWhen - bound), plain_record("y", kWhen - bound - 1ns)}), kSink, 2, kWhen);
    ASSERT_THAT(fresh.cumulative(std::vector{bound}).counts, ElementsAre(1)) << bound.count();
  }
}

TEST_F(LatencyHistogramTest, BoundWithinABucket_LeavesThatBucketOut) {
  add({1001us, 1009us});
  EXPECT_THAT(counts({1005us, 1010us}), ElementsAre(0, 2));
}

TEST_F(LatencyHistogramTest, BeyondTheLongest_IsCountedAndKeepsItsValue) {
  add({1h, 1h + 1ns, 26h});
  const LatencySummary summary = histogram.summary();
  EXPECT_EQ(summary.count, 3);
  EXPECT_EQ(summary.p99, 26h);
  EXPECT_EQ(summary.longest, 26h);
  EXPECT_THAT(counts({1h, 2h, Duration::max()}), ElementsAre(1, 1, 3));
}

TEST_F(LatencyHistogramTest, ClockSetBack_CountsAsZero) {
  add({-5s, -1ns, 0ns});
  EXPECT_EQ(histogram.summary().count, 3);
  EXPECT_EQ(histogram.summary().longest, 0ns);
  EXPECT_EQ(histogram.cumulative({}).sum.count(), 0);
  EXPECT_THAT(counts({1us}), ElementsAre(3));
}

TEST_F(LatencyHistogramTest, Sum_IsThatOfAllLatencies) {
  add({1ms, 1ms, 1ms, 250ms, 2h});
  EXPECT_DOUBLE_EQ(histogram.cumulative({}).sum.count(), 7200.253);
}

TEST_F(LatencyHistogramTest, RecordsOfOtherSinks_AreLeftOut) {
  record::RecordBatch batch;
  batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
  for (const auto& [latency, sinks] :
       {std::pair<Duration, unsigned>{1ms, 1U << kSink}, {5ms, 1U}, {1ms, 1U}, {1ms, 1U << kSink | 1U}}) {
    batch.append(plain_record("x", kWhen - latency), 0, sinks);
  }
  histogram.add(batch, kSink, 2, kWhen);
  EXPECT_EQ(histogram.summary().count, 2);
  EXPECT_EQ(histogram.summary().longest, 1ms);
}

TEST_F(LatencyHistogramTest, FewerRecordsThanTheBatch_OnlyTheFirstCount) {
  const std::vector<record::LogRecord> records{plain_record("a", kWhen - 3ms), plain_record("b", kWhen - 3ms),
                                               plain_record("c", kWhen - 3ms), plain_record("d", kWhen - 1ms)};
  histogram.add(*batch_of(records), kSink, 2, kWhen);
  EXPECT_EQ(histogram.summary().count, 2);
  histogram.add(*batch_of(records), kSink, 4, kWhen);
  EXPECT_THAT(counts({1ms, 3ms}), ElementsAre(1, 6));
}

TEST_F(LatencyHistogramTest, ReadDuringAdditions_SumsHold) {
  std::latch begun(1);
  std::jthread writer([&](const std::stop_token& stop) {
    const auto batch = batch_of(std::vector<std::string>{"a", "b"}, kWhen - 2ms);
    while (!stop.stop_requested()) {
      histogram.add(*batch, kSink, 2, kWhen);
      begun.count_down(begun.try_wait() ? 0 : 1);
    }
  });
  begun.wait();
  for (int i = 0; i < 100; ++i) {
    const CumulativeLatency read = histogram.cumulative(std::vector<Duration>{1ms, 1h});
    ASSERT_THAT(read.counts, ElementsAre(0, read.count));
    ASSERT_GE(histogram.summary().count, read.count);
  }
}

}  // namespace
}  // namespace logsniffd::sink
