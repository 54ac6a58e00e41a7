// Collects everything that is wrong with one file.
//
// BOUNDS  keeps at most kMaxProblems. The last place is taken by an error that says that there were more, so a file
//         with more problems never passes as valid. Warnings that find no other place are left out.
#pragma once

#include <cstddef>
#include <string>

#include "config/diagnostic.hpp"

namespace logsniffd::config {

inline constexpr std::size_t kMaxProblems = 200;

// Sorts by file, line and column; problems of one place stay in their order.
void sort_by_place(Diagnostics& problems);

class Problems {
 public:
  void error(Mark mark, std::string key, std::string message);
  void warning(Mark mark, std::string key, std::string message);

  [[nodiscard]] bool has_error() const;
  // Sorted by file, line and column; problems of one place stay in the order in which they were found.
  [[nodiscard]] Diagnostics in_file_order() &&;

 private:
  void add(Diagnostic diagnostic);

  Diagnostics found_;
};

}  // namespace logsniffd::config
