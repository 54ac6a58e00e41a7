// How the two formats in which GELF senders compress their messages begin.
#pragma once

#include "daemon/base/bytes.hpp"
#include "daemon/base/utf8.hpp"

namespace logsniffd {

// The first bytes alone: 1f 8b 08 (gzip: RFC 1952, 2.3.1), 78 and a check in the second byte (zlib: RFC 1950, 2.2).
// Text can begin in the second way: "x^2", or an x in front of an Arabic letter (78 da).
[[nodiscard]] inline bool looks_compressed(Bytes bytes) {
  if (bytes.size() < 3) return false;
  if (bytes[0] == 0x1f) return bytes[1] == 0x8b && bytes[2] == 0x08;
  constexpr std::uint8_t kPresetDictionary = 0x20;
  return bytes[0] == 0x78 && (0x7800 + bytes[1]) % 31 == 0 && (bytes[1] & kPresetDictionary) == 0;
}

// All of the bytes: what begins so and is not text. (Of 30 compressed bytes hardly any are UTF-8 by chance.) Linear.
[[nodiscard]] inline bool is_compressed(Bytes bytes) {
  constexpr std::uint8_t kNoText = 0x01;  // the second byte of zlib's lowest levels
  return looks_compressed(bytes) && (bytes[1] == kNoText || !is_utf8(as_text(bytes)));
}

}  // namespace logsniffd
