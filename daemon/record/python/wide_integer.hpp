// A Python int that 64 bits do not hold.
//
// BOUNDS  kMaxBytes of two's complement, or kMaxDigits decimal digits, because time grows with their square.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <boost/multiprecision/number.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/record/python/pickle_value.hpp"

namespace logsniffd::record::python {

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
  // Enough for 2 to the power of 512, in place.
  static constexpr unsigned kBits = 640;
  using Magnitude = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
      kBits, kBits, boost::multiprecision::unsigned_magnitude, boost::multiprecision::unchecked, void>>;

  static std::optional<WideInteger> of_bytes(std::string_view little_endian);
  static std::optional<WideInteger> of_decimal(std::string_view text);

  Magnitude magnitude_ = 0;
  bool negative_ = false;
};

}  // namespace logsniffd::record::python
