#include "daemon/cli/terminal.hpp"

#include <curses.h>
#include <term.h>
#include <unistd.h>

#include <cstdlib>

namespace logsniffd::cli {
namespace {

// The value of a terminfo capability; empty if the terminal has none.
std::string capability(const char* name) {
  const char* value = tigetstr(const_cast<char*>(name));  // NOLINT(*-const-cast): not changed, by the manual
  return value == nullptr || value == reinterpret_cast<const char*>(-1) ? std::string() : std::string(value);
}

}  // namespace

Terminal Terminal::of_standard_output() {
  Terminal terminal;
  int error = 0;
  if (::isatty(STDOUT_FILENO) == 0 || setupterm(nullptr, STDOUT_FILENO, &error) != OK) return terminal;
  terminal.clear = capability("clear");
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return terminal;
  terminal.bold = capability("bold");
  terminal.plain = capability("sgr0");
  if (const std::string set = capability("setaf"); !set.empty()) {
    if (const char* red = tiparm(set.c_str(), COLOR_RED)) terminal.red = red;
  }
  return terminal;
}

bool Terminal::can_place_cursor() {
  int error = 0;
  if (::isatty(STDOUT_FILENO) == 0 || setupterm(nullptr, STDOUT_FILENO, &error) != OK) return false;
  const bool can = !capability("cup").empty();
  del_curterm(cur_term);
  return can;
}

}  // namespace logsniffd::cli
