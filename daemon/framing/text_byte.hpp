// Which bytes text of any 8-bit or multi-byte charset may hold, to judge whether a stream is text at all.
#pragma once

#include <algorithm>

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

// A byte that text does not hold: C0 except TAB LF FF CR ESC, and DEL. No byte above 0x7f is one, because Latin-1,
// Shift-JIS, UTF-8 and others use them all. Their multi-byte characters hold no control characters either.
constexpr bool is_control(std::uint8_t b) {
  return (b < 0x20 && b != '\t' && b != '\n' && b != '\f' && b != '\r' && b != '\x1b') || b == 0x7f;
}

constexpr bool is_digit(std::uint8_t b) { return b >= '0' && b <= '9'; }

// Neither a control character nor a byte that UTF-8 never holds (RFC 3629, 1). Stricter, for places where much else is
// not text.
constexpr bool may_be_text(std::uint8_t b) { return !is_control(b) && b < 0xf5; }
inline bool may_be_text(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return may_be_text(b); });
}

// What ends a record.
constexpr bool is_delimiter(std::uint8_t b) { return b == '\n' || b == '\0'; }
inline constexpr std::size_t kMaxRun = 64;  // of delimiters: the end of a longer run is not waited for

// What senders put after a message.
constexpr bool is_trailer(std::uint8_t b) { return b == '\n' || b == '\r' || b == '\0'; }

constexpr Bytes without_trailer(Bytes message) {
  while (!message.empty() && is_trailer(message.back())) message = message.first(message.size() - 1);
  return message;
}

}  // namespace logsniffd::framing
