// From YAML text to a tree of nodes with their places. document.cpp is the only file that sees yaml-cpp.
//
// Accepted: one document of mappings with plain keys, lists and scalars. Refused, with their place: aliases, tags, keys
// that are not words, further documents, NUL and bytes that are not UTF-8.
//
// BOUNDS  kMaxNesting levels, kMaxNodes nodes in all texts together; a text beyond them is refused.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "config/node.hpp"
#include "config/problems.hpp"

namespace logsniffd::config {

inline constexpr std::size_t kMaxNesting = 64;
inline constexpr std::size_t kMaxNodes = 100'000;  // a file that uses every list to its limit stays far below

// Returns the root, which is null for an empty text. Returns nothing if the text is refused, and `problems` says why.
// `file` is where the text is from, and `nodes` counts its nodes on top of those of the texts before it.
[[nodiscard]] std::optional<Node> parse_document(std::string_view yaml, const std::shared_ptr<const SourceFile>& file,
                                                 std::size_t& nodes, Problems& problems);

}  // namespace logsniffd::config
