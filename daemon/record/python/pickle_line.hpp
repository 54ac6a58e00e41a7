// The operands that pickles of protocol 0 write as lines of text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace logsniffd::record::python {

// Digits, perhaps after '-', as str(int) writes them.
[[nodiscard]] bool is_decimal(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text);  // none if 64 bits do not hold it
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text);
// A float as repr(float) writes it, including "inf" and "nan".
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

// The two kinds of text. A text without escapes is a view of the line; any other is appended to `unescaped`. REQUIRED:
// `unescaped` has room for twice the line, so that it does not move. None if the line is malformed.
//
// STRING: Python 2's repr(str), in quotes.
[[nodiscard]] std::optional<std::string_view> read_quoted(std::string_view line, std::string& unescaped);
// UNICODE: the codec raw-unicode-escape, to UTF-8.
[[nodiscard]] std::optional<std::string_view> read_raw_unicode(std::string_view line, std::string& unescaped);

}  // namespace logsniffd::record::python
