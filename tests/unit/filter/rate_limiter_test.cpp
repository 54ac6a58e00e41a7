#include "daemon/filter/rate_limiter.hpp"

#include <fmt/format.h>

#include "tests/unit/filter/volume_fixture.hpp"

namespace logsniffd::filter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

constexpr RateOptions kTenASecond{.records = 10, .burst = 10};

RateOptions by(RateOptions::By key) { return {.records = 10, .burst = 10, .by = key}; }

int admitted(RateLimiter& limiter, int records, PacketTime now, const record::LogRecord& record = said("a record")) {
  int count = 0;
  for (int i = 0; i < records; ++i) count += limiter.admits(record, now) ? 1 : 0;
  return count;
}

TEST(RateLimiter, AdmitsBurstThenRefuses) {
  RateLimiter limiter({.records = 10, .burst = 25});
  EXPECT_EQ(admitted(limiter, 100, kStart), 25);
  EXPECT_EQ(admitted(limiter, 100, kStart), 0);
}

TEST(RateLimiter, RefillsAtItsRate) {
  RateLimiter limiter(kTenASecond);
  EXPECT_EQ(admitted(limiter, 100, kStart), 10);
  EXPECT_EQ(admitted(limiter, 100, kStart + milliseconds(99)), 0);
  EXPECT_EQ(admitted(limiter, 100, kStart + milliseconds(100)), 1);
  EXPECT_EQ(admitted(limiter, 100, kStart + milliseconds(600)), 5);
}

TEST(RateLimiter, NeverHoldsMoreThanTheBurst) {
  RateLimiter limiter(kTenASecond);
  EXPECT_EQ(admitted(limiter, 100, kStart), 10);
  EXPECT_EQ(admitted(limiter, 100, kStart + std::chrono::hours(24)), 10);
}

TEST(RateLimiter, SlowestAndFastestRateWithTheLargestBurst) {
  RateLimiter slow({.records = 1, .per = std::chrono::hours(1), .burst = 1'000'000});
  EXPECT_EQ(admitted(slow, 1'000'001, kStart), 1'000'000);
  EXPECT_EQ(admitted(slow, 10, kStart + std::chrono::hours(2)), 2);
  RateLimiter fast({.records = 1'000'000, .burst = 1});
  EXPECT_EQ(admitted(fast, 10, kStart), 1);
  EXPECT_EQ(admitted(fast, 10, kStart + std::chrono::microseconds(1)), 1);
}

TEST(RateLimiter, BySourceHostAndAppHaveBucketsOfTheirOwn) {
  record::LogRecord web = said("a record", "192.0.2.1", "web");
  web.host = "alpha";
  record::LogRecord other_source = web;
  other_source.flow.src.address = *Address::parse("192.0.2.2");
  record::LogRecord other_host = web;
  other_host.host = "beta";
  record::LogRecord other_app = web;
  other_app.app = "db";
  const auto shared = [&](RateOptions::By key, const record::LogRecord& other) {
    RateLimiter limiter(by(key));
    EXPECT_EQ(admitted(limiter, 20, kStart, web), 10);
    return admitted(limiter, 20, kStart, other) == 0;
  };
  EXPECT_FALSE(shared(RateOptions::By::src, other_source));
  EXPECT_TRUE(shared(RateOptions::By::src, other_host));
  EXPECT_FALSE(shared(RateOptions::By::host, other_host));
  EXPECT_TRUE(shared(RateOptions::By::host, other_app));
  EXPECT_FALSE(shared(RateOptions::By::app, other_app));
  EXPECT_TRUE(shared(RateOptions::By::app, other_source));
  EXPECT_TRUE(shared(RateOptions::By::filter, other_source));
}

// A flood of invented senders gets one bucket more, not one each; a sender that is known keeps its own.
TEST(RateLimiter, SendersBeyondTheTableShareOneBucket) {
  RateLimiter limiter(by(RateOptions::By::src));
  const auto sender = [](std::size_t i) { return said("x", fmt::format("10.0.{}.{}", i / 256, i % 256)); };
  for (std::size_t i = 0; i < RateLimiter::kBuckets; ++i) ASSERT_EQ(admitted(limiter, 1, kStart, sender(i)), 1);
  int more = 0;
  for (std::size_t i = 0; i < 1000; ++i) more += admitted(limiter, 1, kStart, sender(RateLimiter::kBuckets + i));
  EXPECT_EQ(more, 10);
  EXPECT_EQ(admitted(limiter, 100, kStart, sender(0)), 9);
}

TEST(RateLimiter, FullBucketsMakeRoomAgainAndAgain) {
  RateLimiter limiter(by(RateOptions::By::src));
  PacketTime now = kStart;
  for (std::size_t round = 0; round < 3; ++round, now += seconds(10)) {
    for (std::size_t i = 0; i < RateLimiter::kBuckets; ++i) {
      const std::string sender = fmt::format("10.{}.{}.{}", round, i / 256, i % 256);
      ASSERT_EQ(admitted(limiter, 20, now, said("x", sender)), 10) << sender;
    }
  }
}

TEST(RateLimiter, FullBucketsMakeRoom) {
  RateLimiter limiter(by(RateOptions::By::src));
  const auto sender = [](std::size_t i) { return said("x", fmt::format("10.0.{}.{}", i / 256, i % 256)); };
  for (std::size_t i = 0; i < RateLimiter::kBuckets; ++i) EXPECT_EQ(admitted(limiter, 1, kStart, sender(i)), 1);
  const PacketTime later = kStart + seconds(10);
  EXPECT_EQ(admitted(limiter, 20, later, sender(RateLimiter::kBuckets)), 10);
  EXPECT_EQ(admitted(limiter, 20, later, sender(RateLimiter::kBuckets + 1)), 10);
}

TEST(RateLimiter, NoteTellsHowManyAndOfWhomMost) {
  RateLimiter limiter(by(RateOptions::By::src));
  EXPECT_EQ(limiter.note_due(), std::nullopt);
  admitted(limiter, 15, kStart, said("x", "192.0.2.1"));
  admitted(limiter, 40, kStart + seconds(3), said("x", "192.0.2.2"));
  EXPECT_EQ(limiter.note_due(), kStart + RateLimiter::kNoteEvery);
  Notes notes;
  limiter.write_note(3, notes);
  limiter.write_note(3, notes);
  EXPECT_THAT(notes.texts,
              ElementsAre("3 35 records left out in 3 s: more than 10/s by src; most from 192.0.2.2 (30)"));
  EXPECT_EQ(notes.limited, 35U);
  EXPECT_EQ(notes.last.app, "logsniffd");
  EXPECT_EQ(notes.last.severity, record::Severity::warning);
  EXPECT_EQ(notes.last.flow, said("x", "192.0.2.2").flow);
  EXPECT_EQ(limiter.note_due(), std::nullopt);
}

TEST(RateLimiter, NoteOfTheWholeFilterAndOfRecordsWithoutAHost) {
  RateLimiter whole({.records = 1, .per = std::chrono::minutes(1), .burst = 1});
  RateLimiter host({.records = 1, .per = std::chrono::hours(1), .burst = 1, .by = RateOptions::By::host});
  Notes notes;
  admitted(whole, 2, kStart);
  whole.write_note(0, notes);
  admitted(host, 3, kStart);
  host.write_note(1, notes);
  EXPECT_THAT(notes.texts,
              ElementsAre("0 1 record left out in 1 s: more than 1/m",
                          "1 2 records left out in 1 s: more than 1/h by host; most from records without host (2)"));
}

}  // namespace
}  // namespace logsniffd::filter
