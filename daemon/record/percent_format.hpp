// `msg % args` as Python 3 does it (CPython's PyUnicode_Format), over plain values.
//
// `args` is a tuple, one value, or a dict for %(name)s. Flags `#0- +`, width and precision, both perhaps `*`, the
// length modifiers h l L without a meaning, the conversions s r a d i u f F e E g G x X o c and %%.
//
// What differs: an opaque value is shown by its name under every conversion, for what it can do cannot be known.
//
// BOUNDS  writes no more than `out` has room for, and allocates nothing. Linear in the format and in the effort of
//         `out`: what a precision throws away, wide ints and the looking up of names spend it, too; looking up takes at
//         most kMaxLookupCost. A float's precision and an int are bounded as in python_number.hpp.
// FAILURE false: Python would raise (too few or too many arguments, a wrong type, no such name, a broken format), or a
//         bound was reached. `out` is then as it was before, but for the effort. Where that is exhausted what is
//         written so far is the result, and cut.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/record/bounded_text.hpp"
#include "daemon/record/pickle.hpp"

namespace logsniffd::record {

// Names compared, and each 16 bytes of them, in one call.
inline constexpr std::size_t kMaxLookupCost = 65536;

[[nodiscard]] bool percent_format(std::string_view format, const Pickle& pickle, const PickleValue& args,
                                  BoundedText& out);

}  // namespace logsniffd::record
