// Recognizes the two formats in which GELF senders compress their messages by how they begin.
#pragma once

#include "daemon/base/bytes.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::text {

// Looks at the first bytes only: 1f 8b 08 (gzip: RFC 1952, 2.3.1), or 78 and a check in the second byte (zlib: RFC
// 1950, 2.2). Text can begin the second way, too: "x^2", or an x before an Arabic letter (78 da).
[[nodiscard]] inline bool looks_compressed(Bytes bytes) {
  if (bytes.size() < 3) return false;
  if (bytes[0] == 0x1f) return bytes[1] == 0x8b && bytes[2] == 0x08;
  constexpr std::uint8_t kPresetDictionary = 0x20;
  return bytes[0] == 0x78 && (0x7800 + bytes[1]) % 31 == 0 && (bytes[1] & kPresetDictionary) == 0;
}

// Looks at all bytes: true if they begin as compressed bytes and are not text. Of 30 compressed bytes hardly any are
// UTF-8 by chance. Linear.
[[nodiscard]] inline bool is_compressed(Bytes bytes) {
  constexpr std::uint8_t kNoText = 0x01;  // the second byte of zlib's lowest levels
  return looks_compressed(bytes) && (bytes[1] == kNoText || !text::is_utf8(as_text(bytes)));
}

}  // namespace logsniffd::text
