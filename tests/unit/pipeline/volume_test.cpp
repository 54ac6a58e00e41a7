// The keys sample, repeat and rate in the whole pipeline: over reloads and to the end, what is written and what is
// counted add up to what was seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using filter::RouteVerdict;
using test::endpoint;
using test::udp_packet;
using testing::ElementsAre;
using testing::Pair;

class PipelineVolume : public PipelineFixture {
 protected:
  void use_one(filter::VolumeOptions volume, std::string name = "app") {
    filter::FilterOptions filter = watch(std::move(name), 514);
    filter.volume = volume;
    use({filter}, {kAutomatic});
  }
  void says(std::string_view text, std::string_view sender = "192.0.2.7:40112") {
    give(udp_packet(endpoint(sender), endpoint("192.0.2.1:514"), text));
  }
  std::vector<std::string> messages() {
    std::vector<std::string> seen;
    take_records([&](const std::string&, const record::LogRecord& record) { seen.emplace_back(record.message); });
    return seen;
  }
  [[nodiscard]] std::uint64_t filtered(RouteVerdict reason) const { return pipeline_->records().by(reason).get(); }
};

TEST_F(PipelineVolume, SilentSendersCountIsWrittenByIdle) {
  use_one({.repeat = std::chrono::seconds(5)});
  says("a");
  says("a");
  EXPECT_THAT(messages(), ElementsAre("a"));
  EXPECT_EQ(pipeline_->idle_within(), std::chrono::seconds(5));
  pipeline_->idle(now_ += std::chrono::seconds(5));
  EXPECT_THAT(messages(), ElementsAre("message repeated 1 time: [a]"));
}

TEST_F(PipelineVolume, ReloadWritesWhatWasFoldedUnderTheOldFilters) {
  use_one({.repeat = std::chrono::seconds(5)}, "old");
  says("a");
  says("a");
  use_one({}, "new");
  says("a");
  std::vector<std::pair<std::string, std::string>> seen;
  take_records(
      [&](const std::string& filter, const record::LogRecord& record) { seen.emplace_back(filter, record.message); });
  EXPECT_THAT(seen, ElementsAre(Pair("old", "a"), Pair("old", "message repeated 1 time: [a]"), Pair("new", "a")));
}

TEST_F(PipelineVolume, RecordOfTwoFilters_IsCountedOnlyIfNoneWritesIt) {
  filter::FilterOptions folding = watch("folding", 514);
  folding.volume.repeat = std::chrono::seconds(5);
  use({folding, watch("all", 514)}, {kAutomatic});
  says("a");
  says("a");
  EXPECT_EQ(filtered(RouteVerdict::repeated), 0U);
  EXPECT_EQ(pipeline_->filters()[0].figures.refused[static_cast<std::size_t>(RouteVerdict::repeated)], 1U);
  EXPECT_EQ(messages().size(), 3U);
}

TEST_F(PipelineVolume, WrittenAndLeftOutAddUp) {
  std::mt19937 random(14);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  constexpr std::uint64_t kRecords = 50'000;
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    if (i % 1000 == 0) {
      filter::VolumeOptions volume;
      if (below(2) == 0) volume.sample = {2, static_cast<filter::SampleOptions::By>(below(2))};
      if (below(2) == 0) volume.repeat = std::chrono::seconds(1);
      if (below(2) == 0) volume.rate = {.records = 100, .burst = 1 + below(100), .by = filter::RateOptions::By::src};
      use_one(volume);
    }
    if (below(100) == 0) pipeline_->idle(now_ += std::chrono::milliseconds(below(3000)));
    says(std::string(1, static_cast<char>('a' + below(2))), "192.0.2." + std::to_string(1 + below(3)) + ":40112");
  }
  pipeline_->finish();

  std::uint64_t written = 0;
  std::map<std::string, std::uint64_t> told;  // by the name of the field
  take_records([&](const std::string&, const record::LogRecord& record) {
    if (record.fields.empty()) ++written;
    for (const record::Field& field : record.fields)
      told[std::string(field.name)] += std::stoull(std::string(field.value));
  });
  EXPECT_EQ(
      written + filtered(RouteVerdict::sampled) + filtered(RouteVerdict::repeated) + filtered(RouteVerdict::limited),
      kRecords);
  EXPECT_GT(filtered(RouteVerdict::sampled), 0U);
  EXPECT_GT(told["repeated"], 0U);
  EXPECT_GT(told["limited"], 0U);
  EXPECT_EQ(told["repeated"], filtered(RouteVerdict::repeated));
  EXPECT_EQ(told["limited"], filtered(RouteVerdict::limited));
  EXPECT_EQ(pipeline_->records().routed.get(), written + pipeline_->records().notices.get());
}

}  // namespace
}  // namespace logsniffd::pipeline
