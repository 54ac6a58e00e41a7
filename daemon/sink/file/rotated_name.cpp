#include "daemon/sink/file/rotated_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logsniffd::sink::file {
namespace {

constexpr std::string_view kTemporary = ".tmp";
constexpr std::string_view kShape = ".dddddddd-dddddd.ddd";  // d: a digit

bool has_shape(std::string_view text) {
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(),
                    [](char c, char shape) { return shape == 'd' ? c >= '0' && c <= '9' : c == shape; });
}

// REQUIRED: digits alone.
unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

// REQUIRED: has_shape(text).
std::optional<Stamp> parse_stamp(std::string_view text) {
  using namespace std::chrono;
  const year_month_day date(year(static_cast<int>(number(text.substr(1, 4)))), month(number(text.substr(5, 2))),
                            day(number(text.substr(7, 2))));
  const unsigned hour = number(text.substr(10, 2));
  const unsigned minute = number(text.substr(12, 2));
  const unsigned second = number(text.substr(14, 2));
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + milliseconds(number(text.substr(17, 3)));
}

}  // namespace

std::string_view RotatedName::uncompressed(std::string_view whole) const {
  return whole.substr(0, whole.size() - suffix_of(compression).size());
}

std::string_view suffix_of(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return ".gz";
    case Compression::zstd:
      return ".zst";
    case Compression::none:
      break;
  }
  return "";
}

std::string rotated_name(std::string_view base, Stamp stamp) {
  using namespace std::chrono;
  const sys_days midnight = floor<days>(stamp);
  const year_month_day date(midnight);
  const hh_mm_ss<milliseconds> time(stamp - midnight);
  return fmt::format("{}.{:04}{:02}{:02}-{:02}{:02}{:02}.{:03}", base, static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::optional<RotatedName> parse_rotated(std::string_view name) {
  Compression compression = Compression::none;
  for (const Compression known : {Compression::gzip, Compression::zstd}) {
    if (name.ends_with(suffix_of(known))) compression = known;
  }
  name.remove_suffix(suffix_of(compression).size());
  if (name.size() <= kShape.size() || !has_shape(name.substr(name.size() - kShape.size()))) return std::nullopt;
  const auto stamp = parse_stamp(name.substr(name.size() - kShape.size()));
  if (!stamp) return std::nullopt;
  return RotatedName{name.substr(0, name.size() - kShape.size()), *stamp, compression};
}

std::string temporary_name(std::string_view rotated, Compression compression) {
  return fmt::format(".{}{}{}", rotated, suffix_of(compression), kTemporary);
}

std::optional<RotatedName> parse_temporary(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kTemporary)) return std::nullopt;
  name.remove_prefix(1);
  name.remove_suffix(std::min(name.size(), kTemporary.size()));
  const auto made_from = parse_rotated(name);
  return made_from && made_from->compression != Compression::none ? made_from : std::nullopt;
}

}  // namespace logsniffd::sink::file
