#include "daemon/framing/opening.hpp"

#include <algorithm>
#include <array>

#include "daemon/framing/json_place.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

std::size_t stray_nuls(Bytes bytes) {
  constexpr std::size_t kMost = 8;
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b != 0; });
  const auto size = static_cast<std::size_t>(first - bytes.begin());
  const Bytes record = bytes.subspan(size);
  if (size > kMost || record.size() < 3) return 0;
  const auto lower = static_cast<std::uint8_t>(record[2] | 0x20);
  const bool key = record[0] == '{' && record[1] == '"' && (record[2] == '_' || (lower >= 'a' && lower <= 'z'));
  return key || begins_with_priority(record) || opening_of(record) == Opening::date ? size : 0;
}

Strays stray_mark(Bytes bytes) {
  constexpr std::array<std::uint8_t, 3> kMark{0xef, 0xbb, 0xbf};  // UTF-8's byte order mark
  const Bytes mark = bytes.first(std::min(bytes.size(), kMark.size()));
  if (!std::equal(mark.begin(), mark.end(), kMark.begin())) return {};
  const Bytes record = bytes.subspan(mark.size());
  if (record.empty()) return {.incomplete = true};
  const JsonStart json = json_start_at(record);
  const FrameStart::Kind priority = priority_at(record);
  if (json == JsonStart::yes || priority == FrameStart::Kind::priority) return {.size = kMark.size()};
  return {.incomplete = json == JsonStart::incomplete || priority == FrameStart::Kind::incomplete};
}

}  // namespace

Opening opening_of(Bytes bytes) {
  if (bytes[0] == '[') return Opening::bracket;
  if (bytes[0] == '{') return Opening::object;
  constexpr std::size_t kYear = 4;
  const bool year = bytes.size() > kYear && std::all_of(bytes.begin(), bytes.begin() + kYear, is_digit) &&
                    (bytes[kYear] == '-' || bytes[kYear] == '/');
  return year || date_at(bytes) == HeaderKind::dated ? Opening::date : Opening::other;
}

Strays strays_in_front(Bytes bytes) {
  if (bytes[0] == 0) return {.size = stray_nuls(bytes)};
  return bytes[0] == 0xef ? stray_mark(bytes) : Strays{};
}

}  // namespace logsniffd::framing
