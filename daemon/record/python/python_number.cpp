#include "daemon/record/python/python_number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "daemon/record/python/wide_integer.hpp"

namespace logsniffd::record::python {

namespace {

constexpr std::string_view kZeros = "0000000000000000000000000000000000000000000000000000000000000000";

}  // namespace

std::size_t number_effort(const PickleValue& value) {
  constexpr std::size_t kNarrow = 4;  // for converting any other number
  const bool wide = value.is(PickleKind::wide_integer);
  if (!wide && !value.is(PickleKind::wide_decimal)) return kNarrow;
  const std::size_t bytes = std::min<std::size_t>(wide ? value.size : value.size / 2, PythonNumber::kMaxIntBytes);
  return kNarrow + bytes * bytes / 8;
}

bool PythonNumber::set_int(const PickleValue& value, unsigned base) {
  if (value.is(PickleKind::integer) || value.is(PickleKind::boolean)) {
    negative_ = value.integer < 0;
    const auto bits = static_cast<std::uint64_t>(value.integer);
    set_magnitude(negative_ ? 0 - bits : bits, base);
    return true;
  }
  const std::optional<WideInteger> wide = WideInteger::from(value);
  if (!wide) return false;
  negative_ = wide->negative();
  size_ = wide->digits(base, buffer_);
  return true;
}

bool PythonNumber::set_int(double real) {
  if (!std::isfinite(real)) return false;
  negative_ = std::signbit(real) && real <= -1;
  const auto end =
      std::to_chars(buffer_.begin(), buffer_.end(), std::fabs(std::trunc(real)), std::chars_format::fixed, 0);
  size_ = static_cast<std::size_t>(end.ptr - buffer_.begin());
  return true;
}

void PythonNumber::set_magnitude(std::uint64_t magnitude, unsigned base) {
  const auto end = std::to_chars(buffer_.begin(), buffer_.end(), magnitude, static_cast<int>(base));
  size_ = static_cast<std::size_t>(end.ptr - buffer_.begin());
}

void PythonNumber::set_text(std::string_view text) {
  size_ = 0;
  append(text);
}

bool PythonNumber::set_special(double real, bool upper) {
  negative_ = std::signbit(real) && !std::isnan(real);
  if (std::isfinite(real)) return false;
  set_text(std::isnan(real) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"));
  return true;
}

void PythonNumber::append(std::string_view text) { open_at(size_, text); }

void PythonNumber::open_at(std::size_t at, std::string_view text) {
  std::copy_backward(buffer_.begin() + at, buffer_.begin() + size_, buffer_.begin() + size_ + text.size());
  std::copy(text.begin(), text.end(), buffer_.begin() + at);
  size_ += text.size();
}

// Digits, with an exponent if it is below -4 or above 15. There is always a point or an exponent.
void PythonNumber::set_repr(double real) {
  if (set_special(real, false)) return;
  const double magnitude = std::fabs(real);
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(buffer_.begin(), buffer_.end(), magnitude, format);
  size_ = static_cast<std::size_t>(end.ptr - buffer_.begin());
  if (!scientific && digits().find('.') == digits().npos) append(".0");
}

void PythonNumber::set_formatted(double real, char conversion, int precision, bool alternate) {
  const bool upper = conversion == 'E' || conversion == 'F' || conversion == 'G';
  if (set_special(real, upper)) return;
  const double magnitude = std::fabs(real);
  if (conversion == 'g' || conversion == 'G') {
    set_general(magnitude, std::max(precision, 1), alternate);
  } else {
    const bool fixed = conversion == 'f' || conversion == 'F';
    const auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
    const auto end = std::to_chars(buffer_.begin(), buffer_.end(), magnitude, format, precision);
    size_ = static_cast<std::size_t>(end.ptr - buffer_.begin());
    if (alternate && precision == 0) open_at(std::min(digits().find('e'), size_), ".");
  }
  if (upper) std::replace(buffer_.begin(), buffer_.begin() + size_, 'e', 'E');
}

// to_chars leaves out trailing zeros. The flag # keeps them: all of the precision is shown, and a point.
void PythonNumber::set_general(double real, int precision, bool alternate) {
  const auto end = std::to_chars(buffer_.begin(), buffer_.end(), real, std::chars_format::general, precision);
  size_ = static_cast<std::size_t>(end.ptr - buffer_.begin());
  if (!alternate) return;
  const std::size_t mantissa = std::min(digits().find('e'), size_);
  const std::string_view shown = digits().substr(0, mantissa);
  const bool has_point = shown.find('.') != shown.npos;
  const std::size_t first = std::min(shown.find_first_not_of("0."), shown.size() - 1);  // leading zeros do not count
  const std::size_t point_behind = shown.find('.', first) != shown.npos ? 1 : 0;
  const std::size_t significant = shown.size() - first - point_behind;
  std::size_t missing =
      static_cast<std::size_t>(precision) - std::min(significant, static_cast<std::size_t>(precision));
  for (; missing > 0; missing -= std::min(missing, kZeros.size())) {
    open_at(mantissa, kZeros.substr(0, std::min(missing, kZeros.size())));
  }
  if (!has_point) open_at(mantissa, ".");
}

std::optional<double> to_real(const PickleValue& value) {
  switch (value.kind) {
    case PickleKind::real:
      return value.real;
    case PickleKind::integer:
    case PickleKind::boolean:
      return static_cast<double>(value.integer);
    default:
      break;
  }
  const std::optional<WideInteger> wide = WideInteger::from(value);
  if (!wide) return std::nullopt;
  return wide->to_real();
}

}  // namespace logsniffd::record::python
