#include "daemon/record/python/wide_integer.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>

namespace logsniffd::record::python {

std::optional<WideInteger> WideInteger::from(const PickleValue& value) {
  const std::string_view text = value.text();
  if (value.is(PickleKind::wide_integer)) return of_bytes(text);
  if (value.is(PickleKind::wide_decimal)) return of_decimal(text);
  return std::nullopt;
}

std::optional<WideInteger> WideInteger::of_bytes(std::string_view little_endian) {
  if (little_endian.size() > kMaxBytes) return std::nullopt;
  WideInteger made;
  const auto* first = reinterpret_cast<const unsigned char*>(little_endian.data());
  import_bits(made.magnitude_, first, first + little_endian.size(), 8, false);
  made.negative_ = static_cast<unsigned char>(little_endian.back()) > 0x7f;
  if (made.negative_) made.magnitude_ = (Magnitude(1) << (8 * little_endian.size())) - made.magnitude_;
  return made;
}

std::optional<WideInteger> WideInteger::of_decimal(std::string_view text) {
  WideInteger made;
  made.negative_ = text.starts_with('-');
  std::string_view digits = text.substr(made.negative_ ? 1 : 0);
  if (digits.size() > kMaxDigits) return std::nullopt;
  // The library takes leading zeros for an octal number.
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (!digits.empty()) made.magnitude_.assign(std::string(digits));
  return made;
}

std::size_t WideInteger::digits(unsigned base, std::span<char> buffer) const {
  const std::string text = magnitude_.str(0, base == 10   ? std::ios_base::dec
                                             : base == 16 ? std::ios_base::hex
                                                          : std::ios_base::oct);
  assert(text.size() <= buffer.size());
  return text.copy(buffer.data(), buffer.size());
}

// Takes the upper 64 bits, and sets the last of them if any lower bit is set: enough to round once, correctly.
double WideInteger::to_real() const {
  constexpr unsigned kKept = 64;
  const std::size_t bits = magnitude_.is_zero() ? 0 : msb(magnitude_) + 1;
  const std::size_t below = bits > kKept ? bits - kKept : 0;
  auto upper = static_cast<std::uint64_t>(magnitude_ >> below);
  if (below > 0 && lsb(magnitude_) < below) upper |= 1;
  const double real = std::ldexp(static_cast<double>(upper), static_cast<int>(below));
  return negative_ ? -real : real;
}

}  // namespace logsniffd::record::python
