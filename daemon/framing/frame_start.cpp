#include "daemon/framing/frame_start.hpp"

#include <algorithm>

#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

using Kind = FrameStart::Kind;

constexpr unsigned kMaxPriority = 191;
constexpr std::size_t kMaxCountDigits = 7;

constexpr bool is_stray(std::uint8_t b) { return b == '\n' || b == '\r' || b == '\0' || b == ' '; }

}  // namespace

Kind priority_at(Bytes bytes) {
  if (bytes.empty()) return Kind::incomplete;
  if (bytes[0] != '<') return Kind::none;
  unsigned value = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    if (i == bytes.size()) return Kind::incomplete;
    if (bytes[i] == '>') return i > 1 && value <= kMaxPriority ? Kind::priority : Kind::none;
    if (!is_digit(bytes[i])) return Kind::none;
    value = value * 10 + (bytes[i] - '0');
  }
  return Kind::none;
}

FrameStart frame_start_at(Bytes bytes, CountRule rule, std::uint32_t max_count) {
  if (bytes.empty()) return {Kind::incomplete};
  if (bytes[0] < '1' || bytes[0] > '9') return {priority_at(bytes)};
  const std::size_t most = std::min(bytes.size(), kMaxCountDigits + 1);
  std::uint32_t count = bytes[0] - std::uint32_t{'0'};
  std::size_t digits = 1;
  for (; digits < most && is_digit(bytes[digits]); ++digits) count = count * 10 + (bytes[digits] - std::uint32_t{'0'});
  if (digits > kMaxCountDigits || count > max_count) return {};
  if (digits == bytes.size()) return {Kind::incomplete};
  if (bytes[digits] != ' ') return {};
  if (rule == CountRule::before_priority) {
    const Kind kind = priority_at(bytes.subspan(digits + 1));
    if (kind != Kind::priority) return {kind};
  }
  return {Kind::counted, static_cast<std::uint8_t>(digits + 1), count};
}

FrameStart frame_start_after_stray(Bytes bytes, CountRule rule, std::uint32_t max_count) {
  const Bytes looked_at = bytes.first(std::min(bytes.size(), kMaxStray));
  const auto first = std::find_if_not(looked_at.begin(), looked_at.end(), is_stray);
  const auto stray = static_cast<std::size_t>(first - looked_at.begin());
  FrameStart start = frame_start_at(bytes.subspan(stray), rule, max_count);
  // A blank and a priority may be the end of a count.
  if (start.kind == Kind::priority && stray > 0 && bytes[stray - 1] == ' ') return {};
  start.stray_bytes = static_cast<std::uint8_t>(stray);
  return start;
}

}  // namespace logsniffd::framing
