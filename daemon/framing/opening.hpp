// What a record begins with, as far as that tells it from the middle of one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/frame_start.hpp"

namespace logsniffd::framing {

[[nodiscard]] inline bool begins_with_priority(Bytes bytes) { return priority_at(bytes) == FrameStart::Kind::priority; }

// The year of a date, a bracket, a key of JSON. `other` is what most text begins with.
enum class Opening : std::uint8_t { other, date, bracket, object };
[[nodiscard]] Opening opening_of(Bytes bytes);  // REQUIRED: not empty

// NULs or a byte order mark in front of the first record's own start: <PRI>, JSON, or (NULs) a date. Read as a length
// NULs would take the start's first bytes.
struct Strays {
  std::size_t size = 0;
  bool incomplete = false;  // the bytes end within what may become a mark, or a start behind one
};
[[nodiscard]] Strays strays_in_front(Bytes bytes);

}  // namespace logsniffd::framing
