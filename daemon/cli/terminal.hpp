// Standard output as a terminal, through terminfo: what it cannot do is left out.
#pragma once

#include <string>

namespace logsniffd::cli {

struct Terminal {
  // Sequences; empty if standard output is no terminal, if it cannot do that, and, for the looks, if NO_COLOR is set.
  std::string clear;
  std::string bold;
  std::string red;
  std::string plain;  // ends bold and red

  static Terminal of_standard_output();

  // Whether standard output is a terminal whose cursor can be placed anywhere.
  [[nodiscard]] static bool can_place_cursor();
};

}  // namespace logsniffd::cli
