// A fixed set of words, each with a value, looked up without regard to the case of ASCII letters in constant time.
//
// Made at compile time from a list that outlives it. REQUIRED: at most kMaxWords words of 1 to kMaxLength bytes, in
// lower case, no duplicates.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/text/text_cursor.hpp"

namespace logsniffd::text {

inline constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

class WordTable {
 public:
  static constexpr std::size_t kMaxWords = 128;
  static constexpr std::size_t kMaxLength = 32;
  static constexpr std::size_t kNone = kMaxWords;

  struct Word {
    std::string_view word;
    std::uint8_t value;
  };

  explicit constexpr WordTable(std::span<const Word> words) : words_(words) {
    assert(words.size() <= kMaxWords);
    slots_.fill(static_cast<std::uint8_t>(kNone));
    for (std::size_t i = 0; i < words.size(); ++i) {
      assert(!words[i].word.empty() && words[i].word.size() <= kMaxLength && find(words[i].word) == kNone);
      std::size_t slot = hash(words[i].word);
      while (slots_[slot] != kNone) slot = (slot + 1) % kSlots;
      slots_[slot] = static_cast<std::uint8_t>(i);
      lengths_[bucket(words[i].word)] |= std::uint64_t{1} << words[i].word.size();
    }
  }

  // The place of `word` in the list; kNone if it is not there.
  [[nodiscard]] constexpr std::size_t find(std::string_view word) const {
    if (word.empty() || word.size() > kMaxLength || !(lengths_[bucket(word)] >> word.size() & 1)) return kNone;
    for (std::size_t slot = hash(word);; slot = (slot + 1) % kSlots) {
      const std::size_t place = slots_[slot];
      if (place == kNone || equal(words_[place].word, word)) return place;
    }
  }

  // REQUIRED: `place` was found.
  [[nodiscard]] constexpr std::uint8_t value(std::size_t place) const { return words_[place].value; }

 private:
  static constexpr std::size_t kSlots = 8 * kMaxWords;  // sparse: most words looked up are not there

  static constexpr std::size_t bucket(std::string_view word) { return static_cast<unsigned char>(word.front()) % 32; }
  static constexpr std::size_t hash(std::string_view word) {
    std::size_t h = word.size();
    for (const char c : {word.front(), word[word.size() / 2], word.back()}) {
      h = h * 131 + static_cast<unsigned char>(to_lower(c));
    }
    return (h ^ (h >> 10)) % kSlots;
  }
  static constexpr bool equal(std::string_view lower, std::string_view word) {
    if (lower.size() != word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (to_lower(word[i]) != lower[i]) return false;
    }
    return true;
  }

  std::span<const Word> words_;
  std::array<std::uint8_t, kSlots> slots_{};
  // Which lengths occur, by the low bits of the first letter, which are the same in both cases. Rules out most
  // words quickly.
  std::array<std::uint64_t, 32> lengths_{};
};

}  // namespace logsniffd::text
