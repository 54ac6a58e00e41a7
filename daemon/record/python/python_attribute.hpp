// The attributes that every Python LogRecord has (Lib/logging/__init__.py, LogRecord), by their names.
#pragma once

#include <cstdint>
#include <string_view>

namespace logsniffd::record::python {

enum class PythonAttribute : std::uint8_t {
  extra,  // any other name: what the program gave as extra=
  name,
  msg,
  args,
  levelname,
  levelno,
  created,
  process,
  exc_text,
  stack_info,
  place,      // says where in the program the record was made: shown as a field under its own name
  redundant,  // says nothing that another one does not say, or nothing outside the sending process
};

[[nodiscard]] PythonAttribute python_attribute(std::string_view given);

}  // namespace logsniffd::record::python
