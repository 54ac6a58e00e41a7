// What a filter decides about a record.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace logsniffd::filter {

// Why a record was not routed: the reason of the first candidate that refused it, or that took it and left it out.
enum class RouteVerdict : std::uint8_t {
  routed,
  not_text,
  severity,
  where,
  no_match,
  excluded,
  sampled,  // by VolumeControl, as those below
  repeated,
  limited,
};
inline constexpr auto kRouteVerdictNames = std::to_array<std::string_view>(
    {"routed", "not_text", "severity", "where", "no_match", "excluded", "sampled", "repeated", "limited"});
inline constexpr std::size_t kRouteVerdicts = kRouteVerdictNames.size();
static_assert(static_cast<std::size_t>(RouteVerdict::limited) + 1 == kRouteVerdicts);

// The keys of the configuration by which a filter refuses records, or leaves some of them out.
struct RefusingKey {
  std::string_view key;
  RouteVerdict verdict;
};
inline constexpr auto kRefusingKeys = std::to_array<RefusingKey>({{"severity", RouteVerdict::severity},
                                                                  {"where", RouteVerdict::where},
                                                                  {"match", RouteVerdict::no_match},
                                                                  {"exclude", RouteVerdict::excluded},
                                                                  {"sample", RouteVerdict::sampled},
                                                                  {"repeat", RouteVerdict::repeated},
                                                                  {"rate", RouteVerdict::limited}});

}  // namespace logsniffd::filter
