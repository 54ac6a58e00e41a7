#include "daemon/record/value/logged_time.hpp"

#include <cstdint>

#include "daemon/record/value/logged_time_text.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::value {
namespace {

constexpr int kMaxDigits = 19;  // digits used of a number: as many as nanoseconds have and 64 bits hold
constexpr int kMaxExponent = 99;

// digits * 10^scale
struct Decimal {
  std::uint64_t digits = 0;
  int scale = 0;
  int before_point = 0;  // how many digits its plain notation has before the point
};

// Adds the digits of one part. Those beyond kMaxDigits are dropped after the point, and scaled before it.
void add_digits(std::string_view part, bool behind_point, int& used, Decimal& number) {
  for (const char digit : part) {
    if (used == kMaxDigits) {
      if (!behind_point) ++number.scale;
      continue;
    }
    number.digits = number.digits * 10 + static_cast<std::uint64_t>(digit - '0');
    ++used;
    if (behind_point) --number.scale;
  }
}

bool read_exponent(text::TextCursor& cursor, int& exponent) {
  if (!cursor.eat('e') && !cursor.eat('E')) return true;
  const bool negative = cursor.eat('-');
  if (!negative) cursor.eat('+');
  const std::string_view digits = cursor.take_digits(2);
  if (digits.empty()) return false;
  for (const char digit : digits) exponent = exponent * 10 + (digit - '0');
  if (negative) exponent = -exponent;
  return true;
}

std::optional<Decimal> read_decimal(std::string_view text) {
  text::TextCursor cursor(text);
  Decimal number;
  int used = 0;
  const std::string_view whole = cursor.take_digits(kMaxExponent);
  if (whole.empty() || whole.front() == '0') return std::nullopt;
  add_digits(whole, false, used, number);
  if (cursor.eat('.') || cursor.eat(',')) {
    const std::string_view fraction = cursor.take_digits(kMaxExponent);
    if (fraction.empty()) return std::nullopt;
    add_digits(fraction, true, used, number);
  }
  int exponent = 0;
  if (!read_exponent(cursor, exponent) || !cursor.at_end()) return std::nullopt;
  number.scale += exponent;
  number.before_point = static_cast<int>(whole.size()) + exponent;
  return number;
}

// The power of ten that turns a number with so many digits before the point into nanoseconds.
std::optional<int> unit_of(int digits_before_point) {
  if (digits_before_point == 9 || digits_before_point == 10) return 9;
  if (digits_before_point >= 12 && digits_before_point <= 14) return 6;
  if (digits_before_point >= 15 && digits_before_point <= 17) return 3;
  if (digits_before_point == 18 || digits_before_point == 19) return 0;
  return std::nullopt;
}

}  // namespace

std::optional<PacketTime> read_epoch_time(std::string_view text) {
  const std::optional<Decimal> number = read_decimal(text);
  if (!number) return std::nullopt;
  const std::optional<int> unit = unit_of(number->before_point);
  if (!unit) return std::nullopt;
  std::uint64_t nanoseconds = number->digits;
  for (int scale = number->scale + *unit; scale != 0; scale += scale < 0 ? 1 : -1) {
    if (scale < 0) {
      nanoseconds /= 10;
    } else if (__builtin_mul_overflow(nanoseconds, std::uint64_t{10}, &nanoseconds)) {
      return std::nullopt;
    }
  }
  if (nanoseconds > static_cast<std::uint64_t>(Duration::max().count())) return std::nullopt;
  return PacketTime(Duration(static_cast<std::int64_t>(nanoseconds)));
}

std::optional<PacketTime> read_logged_time(std::string_view text, PacketTime captured_at) {
  const auto separates = [text](std::size_t i) {
    return i < text.size() && (text[i] == '-' || text[i] == '/' || text[i] == ' ');
  };
  const bool number = !text.empty() && text::is_digit(text[0]) && !separates(1) && !separates(2) && !separates(4);
  return number ? read_epoch_time(text) : read_time_text(text, captured_at);
}

}  // namespace logsniffd::record::value
