// The front of a JSON object, made an object again: so that what stands in it can be read.
//
//   {"host": "web1", "level": 3, "tags": ["a"], "short_message": "a very long te   ->   ... "a very long te"}
//   {"host": "web1", "level": 3, "tags": ["a", "b                                  ->   {"host": "web1", "level": 3}
//
// What was cut is left out, but for a text of kLongText bytes or more: half a number or a name is a wrong one, and half
// a message says something.
//
// BOUNDS  linear; kMaxJsonDepth levels.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace logsniffd::record {

inline constexpr std::size_t kLongText = 128;

// Writes the object to `whole`. False where `front` is not the front of an object that has at least one member to keep:
// it is not checked beyond its quotes and brackets.
// REQUIRED: no character of `front` is torn.
[[nodiscard]] bool close_cut_json(std::string_view front, std::string& whole);

}  // namespace logsniffd::record
