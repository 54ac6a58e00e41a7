#include "config/diagnostic.hpp"

#include <fmt/format.h>

#include <string_view>

namespace logsniffd::config {
namespace {

// Keys, values and names of included files are quoted: a line break in one must not make two lines of one problem.
void append_on_one_line(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02X}", byte);
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string Diagnostic::to_string(const std::string& unnamed) const {
  std::string line;
  append_on_one_line(mark.place(unnamed), line);
  line += fmt::format(":{}: ", mark.column);
  if (severity == DiagnosticSeverity::warning) line += "warning: ";
  if (!key.empty()) {
    append_on_one_line(key, line);
    line += ": ";
  }
  append_on_one_line(message, line);
  return line;
}

}  // namespace logsniffd::config
