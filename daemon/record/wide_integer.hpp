// A Python int that 64 bits do not hold.
//
// BOUNDS  kMaxBytes of two's complement, or kMaxDigits decimal digits, because time grows with their square.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/record/pickle_value.hpp"

namespace logsniffd::record {

class WideInteger {
 public:
  static constexpr std::size_t kMaxBytes = 64;
  static constexpr std::size_t kMaxDigits = 154;  // of 2 to the power of 511

  // None if `value` is not a wide int, or is beyond BOUNDS.
  [[nodiscard]] static std::optional<WideInteger> from(const PickleValue& value);

  [[nodiscard]] bool negative() const { return negative_; }
  // Writes the digits to the front of `buffer` and returns how many. REQUIRED: base is 8, 10 or 16; room for 180.
  std::size_t digits(unsigned base, std::span<char> buffer) const;
  // The nearest double, ties to even, with the sign.
  [[nodiscard]] double to_real() const;

 private:
  static constexpr std::size_t kWords = kMaxBytes / 4 + 1;
  using Words = std::array<std::uint32_t, kWords>;

  void set_bytes(std::string_view little_endian);
  void set_decimal(std::string_view digits);

  Words words_{};  // the magnitude, lowest word first
  bool negative_ = false;
};

}  // namespace logsniffd::record
