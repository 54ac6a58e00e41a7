// Turns the front of a JSON object into a whole object, so that what it holds can be read.
//
//   {"host": "web1", "level": 3, "tags": ["a"], "short_message": "a very long te   ->   ... "a very long te"}
//   {"host": "web1", "level": 3, "tags": ["a", "b                                  ->   {"host": "web1", "level": 3}
//
// What was cut is left out, except a text of kLongText bytes or more: half a number or half a name is wrong, but half a
// message still says something.
//
// BOUNDS  linear; kMaxJsonDepth levels.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace logsniffd::record::json {

inline constexpr std::size_t kLongText = 128;

// Writes the object to `whole`. False if `front` is not the front of an object, or has no member to keep. Only quotes
// and brackets are checked.
// REQUIRED: `front` does not end inside a character.
[[nodiscard]] bool close_cut_json(std::string_view front, std::string& whole);

}  // namespace logsniffd::record::json
