// One JSON object (RFC 8259) as a flat list of names and values. JSON and GELF decoding start from it.
//
//   {"log": {"level": "info"}, "n": 1.50, "tags": ["a", 1], "gone": null}
//   log.level = info (string), n = 1.50 (number), tags = ["a", 1] (raw)
//
// Objects are flattened, and their names joined with dots. Arrays, and objects without members, stay as their JSON
// text. Numbers, true and false stay as they were sent; null is left out. Escapes in strings and names are resolved,
// but a string with a lone surrogate, which has no UTF-8 form, stays as it was sent, escapes included. White space
// around the object and a byte order mark before it are allowed. All of the text is checked; anything wrong in it means
// that it is not JSON. One exception: bytes in strings that are not UTF-8, which RFC 8259 forbids, are kept as they
// are, so that one bad name or value does not lose the others.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  names and values point into this object and are valid until the next read(). (They lie in its padded copy
//           of the text, which the library needs, or in a buffer of resolved escapes and joined names.)
// BOUNDS    kMaxJsonDepth levels; deeper text is refused. At most kMaxLeaves values, with names of at most kMaxJsonName
//           bytes; complete() is false if one was left out. Linear in the text; memory in proportion to the longest
//           text read. No allocation once that was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace logsniffd::record::json {

inline constexpr int kMaxJsonDepth = 32;  // arrays and objects, including the outermost one
inline constexpr std::size_t kMaxLeaves = 256;
inline constexpr std::size_t kMaxJsonName = 256;

// The white space of JSON (RFC 8259, section 2).
inline constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct JsonLeaf {
  enum class Kind : std::uint8_t { string, number, boolean, raw };

  std::string_view name;
  std::string_view value;
  Kind kind;
};

class JsonObject {
 public:
  JsonObject();
  ~JsonObject();

  // False if `text` is not one JSON object; then there are no leaves.
  [[nodiscard]] bool read(std::string_view text);

  // Turns a raw value that is an array of bytes ("[104, 105]", as journald writes what is not printable) into a string.
  // Returns false, and changes nothing, if the value is anything else. REQUIRED: leaf < leaves().size().
  bool resolve_bytes(std::size_t leaf);

  [[nodiscard]] std::span<const JsonLeaf> leaves() const;  // in the order of the text
  [[nodiscard]] bool has_arrays() const;                   // one of the leaves is an array
  [[nodiscard]] bool complete() const;
  [[nodiscard]] bool torn_text() const;  // some bytes are not UTF-8, so the text had to be read a second time

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::record::json
