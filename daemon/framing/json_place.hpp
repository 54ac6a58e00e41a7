// What comes before and after a JSON value, in a stream of them.
//
// Pure. Linear in the bytes given.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/json_scanner.hpp"

namespace logsniffd::framing {

enum class JsonStart : std::uint8_t { no, yes, incomplete };

// An object or an array of objects, as far as its first key shows: `{"`, `{}`, `[{"`, `[{}`, with blanks between.
// `incomplete`: the bytes end within what may become one.
[[nodiscard]] JsonStart json_start_at(Bytes bytes);
// The same after at most kMaxLead blanks and line ends before a stream. Without blanks, a brace alone is enough.
[[nodiscard]] JsonStart json_start_behind_blanks(Bytes bytes);

// What careless senders leave between two values.
inline constexpr std::size_t kMaxLead = 64;
struct JsonLead {
  std::size_t size = 0;  // blanks, line ends, NULs, byte order marks, and one comma
  bool lf = false;
  bool nul = false;
  bool comma = false;
  bool incomplete = false;  // what follows may become a byte order mark
};
[[nodiscard]] JsonLead json_lead_of(Bytes bytes);

// The result of JsonScanner for a whole value. A raw LF or CR inside a string is forgiven if the value is complete
// nevertheless; `incomplete` means that it may still become complete.
[[nodiscard]] JsonScanner::Result scan_json(Bytes bytes, std::size_t& end);

// Whether a line with this first byte may be part of an object that was printed over several lines.
[[nodiscard]] constexpr bool may_be_inside_json(std::uint8_t first) {
  return first == ' ' || first == '\t' || first == '\r' || first == '\n' || first == '"' || first == ',' ||
         first == '{' || first == '}' || first == '[' || first == ']';
}
// Whether the line end at `at` is inside such an object, judged by the bytes on both sides. REQUIRED: bytes[at] is
// an LF.
[[nodiscard]] bool is_inside_json(Bytes bytes, std::size_t at);

}  // namespace logsniffd::framing
