#include "daemon/format/journal_field.hpp"

#include <cstdint>

namespace logsniffd::format {
namespace {

void append_length(std::uint64_t length, std::string& out) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(length >> shift & 0xff));
}

}  // namespace

void append_journal_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name);
  if (value.find('\n') == std::string_view::npos) {
    out.push_back('=');
  } else {
    out.push_back('\n');
    append_length(value.size(), out);
  }
  out.append(value).push_back('\n');
}

}  // namespace logsniffd::format
