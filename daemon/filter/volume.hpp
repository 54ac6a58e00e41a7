// The keys `sample`, `repeat` and `rate`: how a filter writes less than it takes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/choice.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::filter {

// `sample: 1/100`: one record of a hundred, or (by flow) all records of one flow of a hundred.
struct SampleOptions {
  enum class By : std::uint8_t { record, flow };

  std::uint64_t one_in = 1;
  By by = By::record;
};

inline constexpr auto kSampleKinds = std::to_array<Choice<SampleOptions::By>>(
    {{"record", SampleOptions::By::record}, {"flow", SampleOptions::By::flow}});

// `rate: {limit: 1000/s, burst: 5000, by: src}`: a token bucket for each value of `by`.
struct RateOptions {
  enum class By : std::uint8_t { filter, src, host, app };

  std::uint64_t records = 0;  // in each `per`; from 1 on
  Duration per = std::chrono::seconds(1);
  std::uint64_t burst = 0;  // at least 1
  By by = By::filter;       // one bucket for the whole filter

  bool operator==(const RateOptions&) const = default;
};

// The configuration leaves the key `by` out for RateOptions::By::filter.
inline constexpr auto kRateKeys = std::to_array<Choice<RateOptions::By>>(
    {{"src", RateOptions::By::src}, {"host", RateOptions::By::host}, {"app", RateOptions::By::app}});

inline constexpr auto kRateUnits = std::to_array<Choice<Duration>>(
    {{"s", std::chrono::seconds(1)}, {"m", std::chrono::minutes(1)}, {"h", std::chrono::hours(1)}});

// In this order: a record that is not in the sample is not counted as a repetition, and a repetition takes no token.
struct VolumeOptions {
  std::optional<SampleOptions> sample = {};
  std::optional<Duration> repeat = {};  // how long after its last occurrence an equal record is a repetition
  std::optional<RateOptions> rate = {};

  [[nodiscard]] bool any() const { return sample || repeat || rate; }
};

}  // namespace logsniffd::filter
