// What a frame of syslog over TCP begins with (RFC 6587): a count, or the priority of a line.
#pragma once

#include <cstddef>

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

// COUNT is bounded before it is believed: by limits.record or this value (rsyslog's bound), whichever is larger.
inline constexpr std::uint32_t kMaxCount = 200'000;
// The longest start that is examined: a count of 7 digits, SP, and a priority.
inline constexpr std::size_t kMaxFrameStart = 13;

enum class CountRule : std::uint8_t {
  before_priority,  // COUNT SP <PRI>: recognizable by itself
  any,              // COUNT SP: if counting is configured, whatever is counted
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

// What follows a <PRI>. A header with a version or a time proves that a message begins there.
enum class HeaderKind : std::uint8_t {
  none,        // no <PRI>
  bare,        // <PRI> and anything else
  version,     // <PRI>1 SP and a time or nil (RFC 5424, 6.2)
  dated,       // <PRI> and a time as RFC 3164 and devices write it, with or without a sequence number before it
  incomplete,  // the bytes end within what may become one
};
inline constexpr std::size_t kMaxHeader = 48;  // how many bytes of a header are examined
[[nodiscard]] HeaderKind header_at(Bytes bytes);
// The same for a line without <PRI>: dated (perhaps in a bracket), none or incomplete.
[[nodiscard]] HeaderKind date_at(Bytes bytes);
[[nodiscard]] constexpr bool is_proof(HeaderKind kind) {
  return kind == HeaderKind::version || kind == HeaderKind::dated;
}

// frame_start_at() after what some devices put between counted messages: up to kMaxStray of LF, CR, NUL and SP. The
// result serves as a proof, so SP <PRI> gives `none`.
inline constexpr std::size_t kMaxStray = 4;
[[nodiscard]] FrameStart frame_start_after_stray(Bytes bytes, CountRule rule, std::uint32_t max_count);

}  // namespace logsniffd::framing
