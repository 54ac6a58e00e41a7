// "Did you mean ...?": the candidate closest to a misspelt word.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace logsniffd {

// The candidate with the smallest edit distance to `word` if it is close enough to be a slip of the pen
// (at most a third of the longer word, at least 1); empty otherwise.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// " (did you mean 'x'?)", or "" where nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace logsniffd
