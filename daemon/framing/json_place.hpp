// What stands in front of a JSON value and behind it, in a stream of them.
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
// The same behind at most kMaxLead blanks and line ends in front of a stream; a brace alone is enough without any.
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

// JsonScanner's, of a whole value. A raw LF or CR inside a string is forgiven where the value is complete nevertheless;
// `incomplete` says that it may still become so.
[[nodiscard]] JsonScanner::Result scan_json(Bytes bytes, std::size_t& end);

// Whether a line may be one of an object that was printed over several lines, by its first byte.
[[nodiscard]] constexpr bool may_be_inside_json(std::uint8_t first) {
  return first == ' ' || first == '\t' || first == '\r' || first == '\n' || first == '"' || first == ',' ||
         first == '{' || first == '}' || first == '[' || first == ']';
}
// Whether the line end `at` stands inside such an object, by what is on its two sides. REQUIRED: a LF is there.
[[nodiscard]] bool is_inside_json(Bytes bytes, std::size_t at);

}  // namespace logsniffd::framing
