// Shared by the table tests of this folder: a text, and exactly the lines that `logsniffd check` prints for it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "config/loader.hpp"

namespace logsniffd::config {

struct Refusal {
  std::string yaml;
  std::vector<std::string> lines;
};

inline std::ostream& operator<<(std::ostream& out, const Refusal& refusal) { return out << refusal.yaml; }

inline std::vector<std::string> lines_of(const Diagnostics& problems) {
  std::vector<std::string> lines;
  for (const Diagnostic& problem : problems) lines.push_back(problem.to_string("f.yaml"));
  return lines;
}

inline std::vector<std::string> lines_of(const std::string& yaml) { return lines_of(load(yaml).problems); }

// Appended to a section to make a whole configuration, without moving the lines of the section.
inline const std::string kFilters = "\nfilters: [{name: all, to: [out]}]";
inline const std::string kSinks = "\nsinks: {out: {type: stdout}}";
inline const std::string kRest = kFilters + kSinks;

}  // namespace logsniffd::config
