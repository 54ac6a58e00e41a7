// What a record begins with, as far as it distinguishes the start of a record from the middle of one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/frame_start.hpp"

namespace logsniffd::framing {

[[nodiscard]] inline bool begins_with_priority(Bytes bytes) { return priority_at(bytes) == FrameStart::Kind::priority; }

// A date, a bracket, or the brace of a JSON object. `other` is what most text begins with.
enum class Opening : std::uint8_t { other, date, bracket, object };
[[nodiscard]] Opening opening_of(Bytes bytes);  // REQUIRED: not empty

// NULs or a byte order mark before the start of the first record: <PRI>, JSON, or (NULs) a date. Read as a length, NULs
// would take the first bytes of that start.
struct Strays {
  std::size_t size = 0;
  bool incomplete = false;  // the bytes end within what may become a mark, or a start after one
};
[[nodiscard]] Strays strays_in_front(Bytes bytes);

}  // namespace logsniffd::framing
