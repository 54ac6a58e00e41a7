// `msg % args` as Python 3 does it (CPython's PyUnicode_Format), over plain values.
//
// `args` is a tuple, one value, or a dict for %(name)s. Flags are `#0- +`; width and precision may be `*`; the length
// modifiers h l L have no meaning; conversions are s r a d i u f F e E g G x X o c and %%.
//
// One thing differs: an opaque value is shown by its name under every conversion, because what it can do is not known.
//
// BOUNDS   writes no more than `out` has room for, and allocates nothing. Linear in the format and in the effort of
//          `out`, which is also spent by what a precision throws away, by wide ints, and by looking up names; lookups
//          take at most kMaxLookupCost. A float's precision and an int are bounded as in python_number.hpp.
// FAILURE  false: Python would raise (too few or too many arguments, a wrong type, an unknown name, a broken format),
//          or a bound was reached. `out` is then as it was before, except for the effort. If that is exhausted, the
//          result is what has been written so far, and is cut.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/record/python/bounded_text.hpp"
#include "daemon/record/python/pickle.hpp"

namespace logsniffd::record::python {

// The limit for one call: one for each name compared, and one for each 16 bytes of it.
inline constexpr std::size_t kMaxLookupCost = 65536;

[[nodiscard]] bool percent_format(std::string_view format, const Pickle& pickle, const PickleValue& args,
                                  BoundedText& out);

}  // namespace logsniffd::record::python
