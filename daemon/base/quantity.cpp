#include "daemon/base/quantity.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace logsniffd {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 4> kSizes{{{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};
constexpr std::array<Unit, 6> kTimes{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000}}};

std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (suffix != unit.name) continue;
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / unit.factor)
      return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
  }
  const Unit& smallest = units.back();
  return std::to_string(value / smallest.factor) + std::string(smallest.name);
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) { return parse(text, kSizes); }

std::optional<Duration> parse_duration(std::string_view text) {
  const auto count = parse(text, kTimes);
  if (!count) return std::nullopt;
  return Duration(static_cast<Duration::rep>(*count));
}

std::string format_size(std::uint64_t bytes) { return format(bytes, kSizes); }

std::string format_duration(Duration duration) { return format(static_cast<std::uint64_t>(duration.count()), kTimes); }

}  // namespace logsniffd
