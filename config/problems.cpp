#include "config/problems.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace logsniffd::config {

void Problems::error(Mark mark, std::string key, std::string message) {
  add({DiagnosticSeverity::error, std::move(mark), std::move(key), std::move(message)});
}

void Problems::warning(Mark mark, std::string key, std::string message) {
  add({DiagnosticSeverity::warning, std::move(mark), std::move(key), std::move(message)});
}

void Problems::add(Diagnostic diagnostic) {
  if (found_.size() == kMaxProblems) return;
  if (found_.size() == kMaxProblems - 1) {
    if (diagnostic.severity == DiagnosticSeverity::warning) return;
    diagnostic = {DiagnosticSeverity::error, diagnostic.mark, "",
                  "there are more problems than are shown; fix these first"};
  }
  found_.push_back(std::move(diagnostic));
}

bool Problems::has_error() const {
  return std::any_of(found_.begin(), found_.end(),
                     [](const Diagnostic& d) { return d.severity == DiagnosticSeverity::error; });
}

void sort_by_place(Diagnostics& problems) {
  const auto place = [](const Diagnostic& problem) {
    const Mark& mark = problem.mark;
    return std::tuple(mark.file ? mark.file->number : 0, mark.line, mark.column);
  };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
}

Diagnostics Problems::in_file_order() && {
  sort_by_place(found_);
  return std::move(found_);
}

}  // namespace logsniffd::config
