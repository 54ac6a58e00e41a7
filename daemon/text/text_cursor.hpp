// A position in a text that is read from front to back. Reads never go past the end. To step back, keep a copy.
//
// LIFETIME  the views that it returns point into the text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace logsniffd::text {

inline constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
inline constexpr bool any_letter(std::string_view text) { return std::any_of(text.begin(), text.end(), is_letter); }

class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  // NUL past the end; ask at_end() if that differs from a NUL in the text.
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return ahead < rest_.size() ? rest_[ahead] : '\0'; }
  [[nodiscard]] bool at_word_end() const { return at_end() || rest_.front() == ' '; }

  // Steps over `wanted` if it comes next.
  bool eat(char wanted) {
    if (at_end() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool eat(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // Takes the text up to `stop`, which stays, or to the end.
  std::string_view take_until(char stop) { return take(rest_.find(stop)); }
  // Takes digits, at most `limit` of them.
  std::string_view take_digits(std::size_t limit) {
    std::size_t count = 0;
    while (count < limit && is_digit(peek(count))) ++count;
    return take(count);
  }
  // Exactly `digits` decimal digits (REQUIRED: at most 9), or nothing.
  std::optional<int> number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(peek(i))) return std::nullopt;
      value = value * 10 + (peek(i) - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace logsniffd::text
