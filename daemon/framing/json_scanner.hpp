// Finds where a JSON object or array ends (RFC 8259), byte by byte, without reading what it says.
//
// Strict where that distinguishes an object from text with braces: a key or `}` after `{`, punctuation after a string,
// no raw CR, LF or NUL inside a string (careless senders leave other control characters there). LineEnds::forgiven also
// accepts CR and LF. Values outside strings are not examined closely.
//
// Keeps its place in 4 bytes, so that an object may come in any number of pieces.
// BOUNDS  kMaxDepth.
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

class JsonScanner {
 public:
  static constexpr std::uint16_t kMaxDepth = 1024;

  enum class Result : std::uint8_t { incomplete, complete, invalid };
  enum class LineEnds : bool { refused, forgiven };  // inside strings

  JsonScanner() = default;
  explicit JsonScanner(LineEnds line_ends) : line_ends_(line_ends) {}

  // Continues at bytes[from]. Leaves `from` after the object if it is complete, or at the offending byte if it is
  // invalid. REQUIRED: the value's first byte is `{` or `[`.
  [[nodiscard]] Result scan(Bytes bytes, std::size_t& from);

 private:
  enum class Expect : std::uint8_t {
    key,          // after `{`
    value,        // any byte of a value or its punctuation
    punctuation,  // after a string
    text,         // inside a string
    escaped,      // after a backslash
  };

  std::uint16_t depth_ = 0;
  Expect expect_ : 7 = Expect::value;
  LineEnds line_ends_ : 1 = LineEnds::refused;
};

}  // namespace logsniffd::framing
