#include "daemon/cli/figures.hpp"

#include <fmt/format.h>

#include <array>

#include "daemon/text/escape.hpp"

namespace logsniffd::cli {

using control::Json;

const Json& at(const Json& object, const char* name) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::optional<std::uint64_t> counter_of(const Json& value) {
  if (!value.is_number_unsigned() && (!value.is_number_integer() || value.get<std::int64_t>() < 0)) return std::nullopt;
  return value.get<std::uint64_t>();
}

std::string text_of(const Json& value) {
  std::string text;
  if (value.is_string()) text::append_escaped(value.get_ref<const std::string&>(), text);
  return text.empty() ? "-" : text;
}

std::string count_of(const Json& value) {
  if (!value.is_number_integer()) return "-";
  std::string digits = fmt::format("{}", value.get<std::int64_t>());
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t end = digits.size(); end > first + 3;) digits.insert(end -= 3, ",");
  return digits;
}

std::string rate_of(const Json& value) {
  if (!value.is_number()) return "-";
  const auto rate = value.get<double>();
  return rate >= 1000 ? fmt::format("{:.0f}k", rate / 1000) : fmt::format("{:.1f}", rate);
}

std::string size_of(const Json& value) {
  if (!value.is_number()) return "-";
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = value.get<double>();
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  const bool whole = unit == 0 || size >= 10;
  return whole ? fmt::format("{:.0f} {}", size, kUnits[unit]) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string span_of(const Json& seconds) {
  if (!seconds.is_number()) return "-";
  const auto s = seconds.get<std::int64_t>();
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {} min", s / 3600, s / 60 % 60);
  return fmt::format("{} d {} h", s / 86400, s / 3600 % 24);
}

std::string ago(const Json& seconds) { return seconds.is_number() ? span_of(seconds) + " ago" : "never"; }

std::string counts_of(const Json& object) {
  std::string text;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_number() || value == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", text_of(name), count_of(value));
  }
  return text.empty() ? "0" : text;
}

std::uint64_t sum_of(const Json& object) {
  std::uint64_t sum = 0;
  for (const Json& value : object) sum += counter_of(value).value_or(0);
  return sum;
}

std::string unaccounted_of(const Json& report) {
  const Json& unaccounted = at(report, "unaccounted");
  return fmt::format("unaccounted  packets {}, bytes {}, records {}", count_of(at(unaccounted, "packets")),
                     count_of(at(unaccounted, "bytes")), count_of(at(unaccounted, "records")));
}

}  // namespace logsniffd::cli
