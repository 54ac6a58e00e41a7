#include "daemon/filter/volume_control.hpp"

#include <random>

#include "tests/unit/filter/volume_fixture.hpp"

namespace logsniffd::filter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

FilterOptions with(VolumeOptions volume, std::string name = "app") {
  return {.name = std::move(name), .volume = volume};
}

constexpr RateOptions kOneASecond{.records = 1, .burst = 1};

class Volume : public testing::Test {
 protected:
  RouteVerdict admit(std::string_view text, std::uint16_t filter = 0) {
    return control_.admit(filter, said(text), 1, now_, notes_);
  }

  VolumeControl control_{7};
  Notes notes_;
  PacketTime now_ = kStart;
};

TEST_F(Volume, ActsOnlyForFiltersWithAKey) {
  control_.configure({with({}), with({.repeat = seconds(5)}), with({.sample = SampleOptions{2}})});
  EXPECT_EQ(control_.acting(), 0b110U);
}

TEST_F(Volume, RepetitionTakesNoToken) {
  control_.configure({with({.repeat = seconds(5), .rate = kOneASecond})});
  EXPECT_EQ(admit("a"), RouteVerdict::routed);
  EXPECT_EQ(admit("a"), RouteVerdict::repeated);
  EXPECT_EQ(admit("b"), RouteVerdict::limited);
  EXPECT_EQ(admit("b"), RouteVerdict::repeated);
  control_.finish(notes_);
  EXPECT_THAT(notes_.texts, ElementsAre("0 message repeated 1 time: [a]", "0 message repeated 1 time: [b]",
                                        "0 1 record left out in 1 s: more than 1/s"));
}

TEST_F(Volume, NotesComeWhenTheyAreDue) {
  control_.configure({with({.repeat = seconds(5)}), with({.rate = kOneASecond}, "other")});
  EXPECT_EQ(control_.expire_within(now_), std::nullopt);
  admit("a");
  admit("a");
  admit("a", 1);
  admit("a", 1);
  EXPECT_EQ(control_.expire_within(now_), seconds(5));
  control_.expire(now_ + milliseconds(4999), notes_);
  EXPECT_THAT(notes_.texts, IsEmpty());
  control_.expire(now_ + seconds(5), notes_);
  EXPECT_THAT(notes_.texts, ElementsAre("0 message repeated 1 time: [a]"));
  EXPECT_EQ(control_.expire_within(now_ + seconds(5)), seconds(55));
  control_.expire(now_ + seconds(60), notes_);
  EXPECT_THAT(notes_.texts, ElementsAre("0 message repeated 1 time: [a]", "1 1 record left out in 1 s: more than 1/s"));
  EXPECT_EQ(control_.expire_within(now_), std::nullopt);
}

// Interfaces are read one after the other, so packets may come a little late.
TEST_F(Volume, EarlierTimeCountsAsTheLatest) {
  control_.configure({with({.rate = RateOptions{.records = 1000, .burst = 10}})});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(admit("a"), RouteVerdict::routed);
    now_ -= milliseconds(50);
    EXPECT_EQ(admit("a"), i < 5 ? RouteVerdict::routed : RouteVerdict::limited);
    now_ += milliseconds(50);
    if (i >= 4) now_ += milliseconds(1);
  }
}

TEST_F(Volume, FilterKeepsItsBucketsOverAReloadUnlessItsRateChanges) {
  control_.configure({with({.rate = kOneASecond})});
  EXPECT_EQ(admit("a"), RouteVerdict::routed);
  control_.finish(notes_);
  control_.configure({with({}, "new"), with({.rate = kOneASecond})});
  EXPECT_EQ(admit("a", 1), RouteVerdict::limited);
  control_.finish(notes_);
  control_.configure({with({.rate = RateOptions{.records = 2, .burst = 2}})});
  EXPECT_EQ(admit("a"), RouteVerdict::routed);
}

// Whatever the order, the steps of time and the reloads: each record is written, or counted under one verdict, and the
// notes tell of all that were repeated or limited.
TEST_F(Volume, EveryRecordIsAccountedFor) {
  std::mt19937 random(14);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  constexpr std::array<RateOptions::By, 4> kKeys{RateOptions::By::filter, RateOptions::By::src, RateOptions::By::host,
                                                 RateOptions::By::app};
  const std::array<std::string, 3> texts{"a", "b", "c"};
  const std::array<std::string, 3> senders{"192.0.2.1", "192.0.2.2", "2001:db8::1"};
  std::array<std::uint64_t, kRouteVerdicts> verdicts{};
  constexpr std::uint64_t kRecords = 200'000;
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    if (i % 5000 == 0) {
      control_.finish(notes_);
      std::vector<FilterOptions> filters;
      for (int filter = 0; filter < 3; ++filter) {
        VolumeOptions volume;
        if (below(2) == 0) volume.sample = {1 + below(4), static_cast<SampleOptions::By>(below(2))};
        if (below(2) == 0) volume.repeat = seconds(1 + below(3));
        if (below(2) == 0) volume.rate = {.records = 1 + below(50), .burst = 1 + below(50), .by = kKeys[below(4)]};
        filters.push_back(with(volume, std::to_string(filter)));
      }
      control_.configure(filters);
    }
    if (below(3) == 0) now_ += std::chrono::microseconds(below(200'000));
    if (below(1000) == 0) now_ += seconds(below(100));
    if (below(50) == 0) control_.end_stream(below(4), notes_);
    if (below(4) == 0) control_.expire(now_, notes_);
    const record::LogRecord record = said(texts[below(3)], senders[below(3)], texts[below(2)]);
    const RouteVerdict verdict = control_.admit(static_cast<std::uint16_t>(below(3)), record, below(4), now_, notes_);
    ++verdicts[static_cast<std::size_t>(verdict)];
  }
  control_.finish(notes_);
  const auto of = [&](RouteVerdict verdict) { return verdicts[static_cast<std::size_t>(verdict)]; };
  EXPECT_EQ(
      of(RouteVerdict::routed) + of(RouteVerdict::sampled) + of(RouteVerdict::repeated) + of(RouteVerdict::limited),
      kRecords);
  for (const RouteVerdict verdict :
       {RouteVerdict::routed, RouteVerdict::sampled, RouteVerdict::repeated, RouteVerdict::limited}) {
    EXPECT_GT(of(verdict), 1000U);
  }
  EXPECT_EQ(notes_.repeated, of(RouteVerdict::repeated));
  EXPECT_EQ(notes_.limited, of(RouteVerdict::limited));
}

}  // namespace
}  // namespace logsniffd::filter
