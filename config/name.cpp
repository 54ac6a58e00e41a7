#include <fmt/format.h>

#include <algorithm>

#include "config/bounds.hpp"
#include "config/sections.hpp"

namespace logsniffd::config {

Status check_name(std::string_view name) {
  const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || c == '/';
  });
  if (!name.empty() && name.size() <= kMaxName && printable && name.front() != '.') return {};
  return fail(Error::usage(fmt::format(
      "{} is not a valid name; use 1 to {} bytes, without '/' or control characters, and not starting with '.'",
      quoted(name), kMaxName)));
}

}  // namespace logsniffd::config
