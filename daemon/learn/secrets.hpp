// Hides what looks secret in a sample: passwords, tokens and keys with a name before them, credentials in URLs and
// headers, long runs of hex or base64, numbers of payment cards, e-mail addresses (docs/learn.md). It is a precaution
// for a text that people show to each other, and no proof that nothing secret is left.
#pragma once

#include <string>
#include <string_view>

namespace logsniffd::learn {

// Returns at most `most_bytes` of `text`, masked first, then cut between characters, and escaped last.
[[nodiscard]] std::string masked_sample(std::string_view text, std::size_t most_bytes);

}  // namespace logsniffd::learn
