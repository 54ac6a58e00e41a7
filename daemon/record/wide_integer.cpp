#include "daemon/record/wide_integer.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

namespace logsniffd::record {
namespace {

// Divides the number in `words` and returns the remainder. The divisor is a constant, so this compiles
// to multiplications.
template <std::uint32_t divisor>
std::uint32_t divide(std::span<std::uint32_t> words) {
  std::uint64_t rest = 0;
  for (std::size_t i = words.size(); i-- > 0;) {
    rest = rest << 32 | words[i];
    words[i] = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  return static_cast<std::uint32_t>(rest);
}

void multiply_add(std::span<std::uint32_t> words, std::uint32_t factor, std::uint32_t more) {
  std::uint64_t carry = more;
  for (std::uint32_t& word : words) {
    carry += std::uint64_t{word} * factor;
    word = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
}

// Without the leading words that are 0.
std::span<std::uint32_t> significant(std::span<std::uint32_t> words) {
  while (!words.empty() && words.back() == 0) words = words.first(words.size() - 1);
  return words;
}

// The largest power of ten that a word holds, so that nine digits are converted at a time.
constexpr std::uint32_t kDecimalDivisor = 1'000'000'000;

template <unsigned base, std::uint32_t divisor, std::size_t digits>
std::size_t write_digits(std::span<std::uint32_t> words, std::span<char> buffer) {
  std::size_t size = 0;
  for (auto rest = significant(words); !rest.empty(); rest = significant(rest)) {
    std::uint32_t part = divide<divisor>(rest);
    for (std::size_t i = 0; i < digits; ++i) {
      assert(size < buffer.size());
      buffer[size++] = "0123456789abcdef"[part % base];
      part /= base;
    }
  }
  return size;
}

}  // namespace

std::optional<WideInteger> WideInteger::from(const PickleValue& value) {
  const bool is_bytes = value.is(PickleKind::wide_integer);
  if (!is_bytes && !value.is(PickleKind::wide_decimal)) return std::nullopt;
  const std::string_view text = value.text();
  WideInteger made;
  made.negative_ = is_bytes ? static_cast<unsigned char>(text.back()) > 0x7f : text.starts_with('-');
  if (is_bytes) {
    if (text.size() > kMaxBytes) return std::nullopt;
    made.set_bytes(text);
  } else {
    const std::string_view digits = text.substr(made.negative_ ? 1 : 0);
    if (digits.size() > kMaxDigits) return std::nullopt;
    made.set_decimal(digits);
  }
  return made;
}

void WideInteger::set_bytes(std::string_view little_endian) {
  std::uint32_t carry = negative_ ? 1 : 0;
  for (std::size_t i = 0; i < little_endian.size(); ++i) {
    std::uint32_t byte = static_cast<unsigned char>(little_endian[i]);
    if (negative_) {
      byte = (byte ^ 0xff) + carry;
      carry = byte >> 8;
      byte &= 0xff;
    }
    words_[i / 4] |= byte << (i % 4 * 8);
  }
}

void WideInteger::set_decimal(std::string_view digits) {
  std::uint32_t part = 0;
  std::uint32_t factor = 1;
  for (const char digit : digits) {
    part = part * 10 + static_cast<std::uint32_t>(digit - '0');
    factor *= 10;
    if (factor < kDecimalDivisor) continue;
    multiply_add(words_, factor, part);
    part = 0;
    factor = 1;
  }
  multiply_add(words_, factor, part);
}

std::size_t WideInteger::digits(unsigned base, std::span<char> buffer) const {
  Words words = words_;
  std::size_t size = base == 10   ? write_digits<10, kDecimalDivisor, 9>(words, buffer)
                     : base == 16 ? write_digits<16, 1U << 28, 7>(words, buffer)
                                  : write_digits<8, 1U << 30, 10>(words, buffer);
  while (size > 1 && buffer[size - 1] == '0') --size;
  if (size == 0) buffer[size++] = '0';
  std::reverse(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  return size;
}

// Takes the upper 64 bits, and sets the last of them if any lower bit is set: enough to round once, correctly.
double WideInteger::to_real() const {
  Words words = words_;
  auto below = significant(words);
  const int exponent = 32 * static_cast<int>(below.size()) - 64;
  const auto take = [&below] {
    const std::uint64_t word = below.empty() ? 0 : below.back();
    if (!below.empty()) below = below.first(below.size() - 1);
    return word;
  };
  std::uint64_t upper = take() << 32;
  upper |= take();
  const std::uint64_t next = take();
  const int shift = std::countl_zero(upper) % 32;  // the highest word is not 0
  upper = upper << shift | next >> (32 - shift);
  const auto cut = static_cast<std::uint32_t>(next << shift);
  const bool more = cut != 0 || !significant(below).empty();
  const double real = std::ldexp(static_cast<double>(upper | (more ? 1 : 0)), exponent - shift);
  return negative_ ? -real : real;
}

}  // namespace logsniffd::record
