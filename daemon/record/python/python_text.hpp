// str(), repr() and ascii() of plain values, as Python 3 prints them.
//
// Differences from Python:
//   - an opaque value is its name in brackets: <datetime.datetime>;
//   - an int beyond PythonNumber's bounds is shown in base 16;
//   - containers nested in more than kMaxDepth others are "...".
// A container within itself is [...] or {...}, as in Python. A text that is not UTF-8 is kept in str(), and escaped
// byte by byte in repr().
//
// BOUNDS  linear in the effort of `out`, which everything that is looked at spends, and in what is written. The caller
//         limits both, so it does not matter how often a value is shared within others.
#pragma once

#include <cstddef>

#include "daemon/record/python/bounded_text.hpp"
#include "daemon/record/python/pickle.hpp"

namespace logsniffd::record::python {

inline constexpr std::size_t kMaxDepth = 32;

void append_str(const Pickle& pickle, const PickleValue& value, BoundedText& out);
void append_repr(const Pickle& pickle, const PickleValue& value, BoundedText& out);
void append_ascii(const Pickle& pickle, const PickleValue& value, BoundedText& out);

// bool(value). An opaque value is true.
[[nodiscard]] bool is_true(const PickleValue& value);

}  // namespace logsniffd::record::python
