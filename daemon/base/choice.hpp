// The words that name the values of an enum, in the configuration and on the command line: one table, beside the enum.
//
//   enum class Direction : std::uint8_t { to, from, both };
//   inline constexpr auto kDirections = std::to_array<Choice<Direction>>({{"to", Direction::to}, ...});
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace logsniffd {

template <class T>
struct Choice {
  std::string_view word;
  T value;
};

// The words of a table, in its order.
template <class T, std::size_t N>
constexpr std::array<std::string_view, N> words_of(const std::array<Choice<T>, N>& choices) {
  std::array<std::string_view, N> words;
  for (std::size_t i = 0; i < N; ++i) words[i] = choices[i].word;
  return words;
}

// The word of the value. Empty: it has none.
template <class T, std::size_t N>
constexpr std::string_view word_of(const std::array<Choice<T>, N>& choices, const T& value) {
  for (const auto& [word, of] : choices) {
    if (of == value) return word;
  }
  return "";
}

// Whether the choice of each value is at the index of that value.
template <class T, std::size_t N>
constexpr bool is_indexed_by_value(const std::array<Choice<T>, N>& choices) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(choices[i].value) != i) return false;
  }
  return true;
}

}  // namespace logsniffd
