// Which characters repr() shows as they are (str.isprintable): all except those that Unicode calls other or separator.
#pragma once

namespace logsniffd::record::python {

// Unicode 14.0, as Python 3.11 has it.
[[nodiscard]] bool is_printable(char32_t c);

}  // namespace logsniffd::record::python
