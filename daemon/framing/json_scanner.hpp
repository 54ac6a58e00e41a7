// Finds where a JSON object or array ends (RFC 8259), byte by byte, without reading what it says.
//
// Strict where that tells an object from text that has braces in it: a key or `}` behind `{`, punctuation behind a
// string, no raw CR, LF or NUL inside one (careless senders leave other control characters there). LineEnds::forgiven
// lets CR and LF pass, too. Values outside strings are not looked at closely.
//
// Keeps its place in 4 bytes, so that an object may come in any number of pieces. BOUNDS kMaxDepth.
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

  // Goes on at bytes[from], and leaves `from` behind the object where that is complete, at the offending byte where it
  // is none. REQUIRED: the value's first byte is `{` or `[`.
  [[nodiscard]] Result scan(Bytes bytes, std::size_t& from);

 private:
  enum class Expect : std::uint8_t {
    key,          // behind `{`
    value,        // anything that a value or its punctuation has
    punctuation,  // behind a string
    text,         // inside a string
    escaped,      // behind a backslash
  };

  std::uint16_t depth_ = 0;
  Expect expect_ : 7 = Expect::value;
  LineEnds line_ends_ : 1 = LineEnds::refused;
};

}  // namespace logsniffd::framing
