// The names of rotated files: NAME.YYYYMMDD-HHMMSS.mmm, the time of the rotation in UTC, followed by .gz or .zst once
// the file is compressed. Such names sort by age (docs/decisions/0007-rotation.md).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/choice.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::sink::file {

enum class Compression : std::uint8_t { none, gzip, zstd };
inline constexpr auto kCompressions = std::to_array<Choice<Compression>>(
    {{"none", Compression::none}, {"gzip", Compression::gzip}, {"zstd", Compression::zstd}});

using Stamp = std::chrono::sys_time<std::chrono::milliseconds>;

struct RotatedName {
  std::string_view base;  // NAME
  Stamp stamp;
  Compression compression;

  // The name before the file was compressed.
  [[nodiscard]] std::string_view uncompressed(std::string_view whole) const;
};

// The most that rotation and compression add to NAME: a name has to leave that much of NAME_MAX.
inline constexpr std::size_t kRotatedExtra = 29;

// ".gz", ".zst", or nothing.
[[nodiscard]] std::string_view suffix_of(Compression compression);
// REQUIRED: `stamp` lies in the years 0 to 9999.
[[nodiscard]] std::string rotated_name(std::string_view base, Stamp stamp);
// Nothing if `name` is not exactly such a name.
[[nodiscard]] std::optional<RotatedName> parse_rotated(std::string_view name);

// The hidden name under which the compressed form of `rotated` grows; and the rotated name that it was made from.
[[nodiscard]] std::string temporary_name(std::string_view rotated, Compression compression);
[[nodiscard]] std::optional<RotatedName> parse_temporary(std::string_view name);

}  // namespace logsniffd::sink::file
