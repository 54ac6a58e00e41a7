// What a frame of syslog over TCP begins with (RFC 6587): a count, or the priority of a line.
#pragma once

#include <cstddef>

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

// COUNT is bounded before it is believed: the larger of limits.record and this (rsyslog's bound).
inline constexpr std::uint32_t kMaxCount = 200'000;
// The longest start that is looked at: a count of 7 digits, SP, and a priority.
inline constexpr std::size_t kMaxFrameStart = 13;

enum class CountRule : std::uint8_t {
  before_priority,  // COUNT SP <PRI>: stands for itself
  any,              // COUNT SP: where counting is configured, whatever is counted
};

struct FrameStart {
  enum class Kind : std::uint8_t { none, priority, counted, incomplete };

  Kind kind = Kind::none;
  std::uint8_t header_bytes = 0;  // of a count, SP included
  std::uint32_t count = 0;
  std::uint8_t stray_bytes = 0;  // before it
};

// `<` 1*3DIGIT `>`, at most 191 (RFC 5424, 6.2.1).
[[nodiscard]] FrameStart::Kind priority_at(Bytes bytes);

// [1-9][0-9]{0,6} SP, at most `max_count`, or <PRI>. `incomplete`: the bytes end within what may become one.
[[nodiscard]] FrameStart frame_start_at(Bytes bytes, CountRule rule, std::uint32_t max_count);

// What stands behind a <PRI>. A header with a version or a time in it proves that a message begins there.
enum class HeaderKind : std::uint8_t {
  none,        // no <PRI>
  bare,        // <PRI> and anything else
  version,     // <PRI>1 SP and a time or nil (RFC 5424, 6.2)
  dated,       // <PRI> and a time as RFC 3164 and devices write it, behind a sequence number or not
  incomplete,  // the bytes end within what may become one
};
inline constexpr std::size_t kMaxHeader = 48;  // that is looked at
[[nodiscard]] HeaderKind header_at(Bytes bytes);
// The same of a line without <PRI>: dated, perhaps in a bracket; none; incomplete.
[[nodiscard]] HeaderKind date_at(Bytes bytes);
[[nodiscard]] constexpr bool is_proof(HeaderKind kind) {
  return kind == HeaderKind::version || kind == HeaderKind::dated;
}

// frame_start_at() behind what some devices put between counted messages: up to kMaxStray of LF, CR, NUL and SP; for a
// proof, so that SP <PRI> is none.
inline constexpr std::size_t kMaxStray = 4;
[[nodiscard]] FrameStart frame_start_after_stray(Bytes bytes, CountRule rule, std::uint32_t max_count);

}  // namespace logsniffd::framing
