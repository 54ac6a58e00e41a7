#include "config/volume_keys.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "config/bounds.hpp"
#include "config/keys.hpp"

namespace logsniffd::config {
namespace {

using filter::RateOptions;
using filter::SampleOptions;

// A number without a leading zero; one that does not fit is beyond every bound.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || text.front() == '0' || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc{} ? number : UINT64_MAX;
}

bool is_within(std::uint64_t number, Bounds<std::uint64_t> bounds) {
  return number >= bounds.min && number <= bounds.max;
}

void read_share(const Value& value, SampleOptions& sample) {
  const auto text = value.text();
  if (!text) return;
  const auto one_in = text->starts_with("1/") ? parse_number(std::string_view(*text).substr(2)) : std::nullopt;
  if (one_in && is_within(*one_in, kSampleOneIn)) {
    sample.one_in = *one_in;
  } else {
    value.fail(fmt::format("{} is not a valid share; use 1/N, such as 1/100 (N: {} to {})", quoted(*text),
                           kSampleOneIn.min, kSampleOneIn.max));
  }
}

void read_limit(const Value& value, RateOptions& rate) {
  const auto text = value.text();
  if (!text) return;
  const std::size_t slash = text->find('/');
  const auto records = parse_number(std::string_view(*text).substr(0, slash));
  const std::string_view word = slash == std::string::npos ? "" : std::string_view(*text).substr(slash + 1);
  for (const auto& [unit, per] : filter::kRateUnits) {
    if (!records || word != unit || !is_within(*records, kRateLimit)) continue;
    rate.records = *records;
    rate.per = per;
    return;
  }
  const bool no_unit = records && slash == std::string::npos;
  value.fail(fmt::format("{} {}; use {} to {} records and a unit, such as 1000/s (units: s, m, h)", quoted(*text),
                         no_unit ? "has no unit" : "is not a valid rate", kRateLimit.min, kRateLimit.max));
}

constexpr std::array<Key<SampleOptions>, 2> kSampleKeys{{
    {"keep", read_share},
    {"by", [](const Value& value, SampleOptions& sample) { value.read_choice(filter::kSampleKinds, sample.by); }},
}};

constexpr std::array<Key<RateOptions>, 3> kRateKeys{{
    {"limit", read_limit},
    {"burst", [](const Value& value, RateOptions& rate) { value.read_count(kRateBurst, rate.burst); }},
    {"by", [](const Value& value, RateOptions& rate) { value.read_choice(filter::kRateKeys, rate.by); }},
}};

// Reads `value` as a mapping, or as its most important key alone.
template <class Section, std::size_t N>
void read_short_or_long(const Value& value, const std::array<Key<Section>, N>& keys, std::string_view missing,
                        Section& section) {
  if (!value.is_mapping()) return keys.front().read(value, section);
  read_keys(value, keys, section);
  if (!value.find(keys.front().name)) value.fail_missing(keys.front().name, std::string(missing));
}

}  // namespace

void read_sample(const Value& value, filter::VolumeOptions& volume) {
  SampleOptions& sample = volume.sample.emplace();
  read_short_or_long(value, kSampleKeys, "is missing; say which share is kept, such as 1/100", sample);
}

void read_repeat(const Value& value, filter::VolumeOptions& volume) {
  value.read_duration(kRepeat, volume.repeat.emplace());
}

void read_rate(const Value& value, filter::VolumeOptions& volume) {
  RateOptions& rate = volume.rate.emplace();
  read_short_or_long(value, kRateKeys, "is missing; say how many records are taken, such as 1000/s", rate);
  if (rate.burst == 0) rate.burst = rate.records;
}

}  // namespace logsniffd::config
