// From a text, and the files that it includes, to one tree of nodes.
//
// Sections of several files are merged key by key: lists such as `filters` are joined in the order of the files, and
// the entries of mappings such as `sinks` stand beside each other, where a key that two files have is a duplicate.
//
// BOUNDS  kMaxText bytes in all texts and in all values that take the place of references, kMaxIncluded files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/node.hpp"
#include "config/problems.hpp"
#include "config/sources.hpp"

namespace logsniffd::config {

inline constexpr std::size_t kMaxText = 4 * kMiB;
inline constexpr std::size_t kMaxIncluded = 256;

// `path` is the file of the text, or empty. Returns nothing if a text is refused or cannot be read, and `problems` says
// why.
[[nodiscard]] std::optional<Node> read_tree(std::string_view yaml, const std::string& path, const Sources& sources,
                                            Problems& problems);

}  // namespace logsniffd::config
