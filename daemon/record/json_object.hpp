// One JSON object (RFC 8259) as a flat list of names and values: what JSON and GELF decoding start from.
//
//   {"log": {"level": "info"}, "n": 1.50, "tags": ["a", 1], "gone": null}
//   log.level = info (string), n = 1.50 (number), tags = ["a", 1] (raw)
//
// Objects are taken apart, their names joined with dots; arrays, and objects without members, stay as the JSON text
// that they are; numbers, true and false as they were sent; null is left out. Escapes in strings and names are
// resolved; a string with a lone surrogate, which has no UTF-8, stays as it was sent, escapes and all. White space
// around the object and a byte order mark in front of it are allowed. All of the text is checked, or it is not JSON.
// Bytes that are not UTF-8, which RFC 8259 forbids, are kept as they are inside strings: a name or value that holds
// some is no reason to lose the others.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  names and values point into this, and are valid until the next read(). (They lie in its copy of the text,
//           which the library needs padded, or beside it, where escapes were resolved or names joined.)
// BOUNDS    kMaxJsonDepth levels: what is deeper is refused. At most kMaxLeaves values, with names of at most
//           kMaxJsonName bytes; complete() is false where one was left out. Linear in the text; memory in proportion to
//           the longest one read. No allocation once that was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace logsniffd::record {

inline constexpr int kMaxJsonDepth = 32;  // arrays and objects, the outermost one counted
inline constexpr std::size_t kMaxLeaves = 256;
inline constexpr std::size_t kMaxJsonName = 256;

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

  // False where `text` is not one JSON object; then there are no leaves.
  [[nodiscard]] bool read(std::string_view text);

  // Makes a string of a raw value that is an array of bytes, "[104, 105]", as journald writes what is not printable.
  // False, and nothing is changed, where it is something else. REQUIRED: leaf < leaves().size().
  bool resolve_bytes(std::size_t leaf);

  [[nodiscard]] std::span<const JsonLeaf> leaves() const;  // in the order of the text
  [[nodiscard]] bool has_arrays() const;                   // among them
  [[nodiscard]] bool complete() const;
  [[nodiscard]] bool torn_text() const;  // bytes that are not UTF-8, which made a second look necessary

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::record
