// "Did you mean ...?": the candidate closest to a misspelt word, and the list of all candidates.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace logsniffd {

// Returns the candidate with the smallest edit distance to `word`, if it is close enough to be a typing error (at most
// a third of the longer word, at least 1); empty otherwise. Two letters that changed places are one error, and the case
// of a letter is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// Returns " (did you mean 'x'?)", or "" if nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// Returns "a, b or c".
std::string any_of(std::span<const std::string_view> words);

}  // namespace logsniffd
