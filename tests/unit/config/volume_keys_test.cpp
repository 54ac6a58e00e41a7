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

class VolumeKeyRefusal : public testing::TestWithParam<Refusal> {};
TEST_P(VolumeKeyRefusal, SaysWhereAndWhat) { EXPECT_EQ(lines_of(filter_with(GetParam().yaml)), GetParam().lines); }

const std::string kShare = " is not a valid share; use 1/N, such as 1/100 (N: 2 to 1000000)";
const std::string kRate = "; use 1 to 1000000 records and a unit, such as 1000/s (units: s, m, h)";

INSTANTIATE_TEST_SUITE_P(
    , VolumeKeyRefusal,
    testing::Values(
        Refusal{"sample: 1/1", {"f.yaml:3:13: filters[0].sample: '1/1'" + kShare}},
        Refusal{"sample: 1/0", {"f.yaml:3:13: filters[0].sample: '1/0'" + kShare}},
        Refusal{"sample: 2/3", {"f.yaml:3:13: filters[0].sample: '2/3'" + kShare}},
        Refusal{"sample: 1/1000001", {"f.yaml:3:13: filters[0].sample: '1/1000001'" + kShare}},
        Refusal{"sample: 1/99999999999999999999",
                {"f.yaml:3:13: filters[0].sample: '1/99999999999999999999'" + kShare}},
        Refusal{"sample: 100", {"f.yaml:3:13: filters[0].sample: '100'" + kShare}},
        Refusal{"sample: 1%", {"f.yaml:3:13: filters[0].sample: '1%'" + kShare}},
        Refusal{"sample: {by: flow}",
                {"f.yaml:3:5: filters[0].sample.keep: is missing; say which share is kept, such as 1/100"}},
        Refusal{"sample: {keep: 1/2, by: flows}",
                {"f.yaml:3:29: filters[0].sample.by: 'flows' is unknown (did you mean 'flow'?); use record or flow"}},
        Refusal{"sample: {keep: 1/2, per: flow}", {"f.yaml:3:25: filters[0].sample.per: unknown key; use keep or by"}},
        Refusal{"repeat: 5",
                {"f.yaml:3:13: filters[0].repeat: '5' has no unit; use a time such as 30s (units: us, ms, "
                 "s, m, h, d)"}},
        Refusal{"repeat: 0", {"f.yaml:3:13: filters[0].repeat: 0 never means unlimited; use 1s to 1h"}},
        Refusal{"repeat: 10ms", {"f.yaml:3:13: filters[0].repeat: 10ms is too small; use 1s to 1h"}},
        Refusal{"repeat: 2h", {"f.yaml:3:13: filters[0].repeat: 2h is too large; use 1s to 1h"}},
        Refusal{"rate: 1000", {"f.yaml:3:11: filters[0].rate: '1000' has no unit" + kRate}},
        Refusal{"rate: 1000/d", {"f.yaml:3:11: filters[0].rate: '1000/d' is not a valid rate" + kRate}},
        Refusal{"rate: 0/s", {"f.yaml:3:11: filters[0].rate: '0/s' is not a valid rate" + kRate}},
        Refusal{"rate: 1000001/s", {"f.yaml:3:11: filters[0].rate: '1000001/s' is not a valid rate" + kRate}},
        Refusal{"rate: fast", {"f.yaml:3:11: filters[0].rate: 'fast' is not a valid rate" + kRate}},
        Refusal{"rate: {burst: 5}",
                {"f.yaml:3:5: filters[0].rate.limit: is missing; say how many records are taken, such as 1000/s"}},
        Refusal{"rate: {limit: 10}", {"f.yaml:3:19: filters[0].rate.limit: '10' has no unit" + kRate}},
        Refusal{"rate: {limit: 10/s, burst: 0}",
                {"f.yaml:3:32: filters[0].rate.burst: 0 never means unlimited; use 1 to 1000000"}},
        Refusal{"rate: {limit: 10/s, burst: 1000001}",
                {"f.yaml:3:32: filters[0].rate.burst: 1000001 is too large; use 1 to 1000000"}},
        Refusal{"rate: {limit: 10/s, by: source}",
                {"f.yaml:3:29: filters[0].rate.by: 'source' is unknown; use src, host or app"}},
        Refusal{"rate: {limit: 10/s, brust: 5}",
                {"f.yaml:3:25: filters[0].rate.brust: unknown key; use limit, burst or by"}}));

}  // namespace
}  // namespace logsniffd::config
