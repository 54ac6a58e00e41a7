// The keys sample, repeat and rate of a filter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using filter::RateOptions;
using filter::SampleOptions;
using filter::VolumeOptions;

std::string filter_with(const std::string& keys) {
  return "filters:\n  - name: app\n    " + keys + "\n    to: [out]\nsinks: {out: {type: stdout}}\n";
}

VolumeOptions volume(const std::string& keys) {
  const LoadResult result = load(filter_with(keys));
  EXPECT_TRUE(result.ok()) << testing::PrintToString(lines_of(result.problems));
  return result.config.filters.at(0).volume;
}

TEST(VolumeKeys, AreOffByDefault) { EXPECT_FALSE(volume("port: 1").any()); }

TEST(VolumeKeys, SampleIsAShareOrAMapping) {
  EXPECT_EQ(volume("sample: 1/100").sample->one_in, 100U);
  EXPECT_EQ(volume("sample: '1/2'").sample->by, SampleOptions::By::record);
  const auto sample = volume("sample: {by: flow, keep: 1/1000000}").sample;
  EXPECT_EQ(sample->one_in, 1'000'000U);
  EXPECT_EQ(sample->by, SampleOptions::By::flow);
}

TEST(VolumeKeys, RepeatIsATime) { EXPECT_EQ(volume("repeat: 2m").repeat, std::chrono::minutes(2)); }

TEST(VolumeKeys, RateIsANumberOrAMapping) {
  EXPECT_EQ(volume("rate: 1000/s").rate, (RateOptions{.records = 1000, .burst = 1000}));
  EXPECT_EQ(volume("rate: {limit: 20/m, by: host}").rate,
            (RateOptions{.records = 20, .per = std::chrono::minutes(1), .burst = 20, .by = RateOptions::By::host}));
  EXPECT_EQ(volume("rate: {burst: 7, limit: 1/h, by: app}").rate,
            (RateOptions{.records = 1, .per = std::chrono::hours(1), .burst = 7, .by = RateOptions::By::app}));
}

}  // namespace
}  // namespace logsniffd::config
