// Numbers as Python writes them: int in base 8, 10 and 16, repr(float), and the conversions e, f and g.
//
// Exact, and independent of the process's locale.
//
// BOUNDS  an int of at most kMaxIntBytes bytes; a precision of at most kMaxPrecision digits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/record/python/pickle_value.hpp"

namespace logsniffd::record::python {

// The effort of reading or showing `value` as a number, in addition to writing its digits. For an int that 64 bits do
// not hold, it grows with the square of its size. In bytes produced (effort.hpp).
[[nodiscard]] std::size_t number_effort(const PickleValue& value);

// The digits of one number, without its sign. Can be reused for the next number.
class PythonNumber {
 public:
  static constexpr std::size_t kMaxIntBytes = 64;
  static constexpr int kMaxPrecision = 1000;

  // False if `value` is not an int (a bool is one), or is beyond BOUNDS. REQUIRED: base is 8, 10 or 16.
  bool set_int(const PickleValue& value, unsigned base);
  // int(real). False if it is not finite.
  bool set_int(double real);
  void set_repr(double real);
  // Prints as "%.PRECISIONe" does, or f or g; `conversion` is one of e E f F g G. `alternate` is the flag #.
  void set_formatted(double real, char conversion, int precision, bool alternate);

  [[nodiscard]] bool negative() const { return negative_; }
  [[nodiscard]] std::string_view digits() const { return {buffer_.data(), size_}; }

 private:
  // The longest text: 309 digits, a point and kMaxPrecision more digits.
  static constexpr std::size_t kLongest = 309 + 1 + kMaxPrecision + 16;

  void set_magnitude(std::uint64_t magnitude, unsigned base);
  void set_text(std::string_view text);
  bool set_special(double real, bool upper);  // inf and nan
  void append(std::string_view text);
  void open_at(std::size_t at, std::string_view text);
  void set_general(double real, int precision, bool alternate);

  std::array<char, kLongest> buffer_;
  std::size_t size_ = 0;
  bool negative_ = false;
};

// float(value) of an int, a bool or a float. None for anything else, and for an int beyond BOUNDS.
[[nodiscard]] std::optional<double> to_real(const PickleValue& value);

}  // namespace logsniffd::record::python
