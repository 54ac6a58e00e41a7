// Shared by the tests of this folder: a text, and exactly the lines that `logsniffd check` prints for it.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "config/loader.hpp"

namespace logsniffd::config {

struct Refusal {
  std::string yaml;
  std::vector<std::string> lines;

  // Whether the text is not only warned of.
  [[nodiscard]] bool has_error() const {
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.find(": warning: ") == std::string::npos; });
  }
};

using Refusals = std::vector<Refusal>;

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

// The same cases, each between these two texts.
inline Refusals between(const std::string& before, Refusals cases, const std::string& after) {
  for (Refusal& refusal : cases) refusal.yaml.insert(0, before).append(after);
  return cases;
}

// What many messages end with.
inline const std::string kUnsupported = ": not supported by this version of logsniffd; remove the key";
inline const std::string kNoValue = ": has no value; give it a single value, or remove the key";
inline const std::string kIsList = ": this is a list, but should be a single value";
inline const std::string kSizes = "; use a size such as 64KiB (units: B, KiB, MiB, GiB)";
inline const std::string kTimes = "; use a time such as 30s (units: us, ms, s, m, h, d)";
inline const std::string kUnused = ": no filter writes to this sink; list it in the 'to' of a filter, or remove it";
inline const std::string kNames = "; use 1 to 64 bytes, without '/' or control characters, and not starting with '.'";
inline const std::string kMapping = " is a single value, but should be a mapping, with one 'key: value' per line";
inline const std::string kHint = "; check the indentation, and quote values that contain any of { } [ ] : # * & !";

Refusals condition_refusals();
Refusals file_refusals();
Refusals filter_refusals();
Refusals framing_refusals();
Refusals limits_refusals();
Refusals section_refusals();
Refusals sink_list_refusals();
Refusals sink_refusals();
Refusals syntax_refusals();
Refusals syslog_refusals();
Refusals traffic_refusals();
Refusals volume_refusals();

// Every text that is refused, and some that are only warned of: a table for each file of this folder.
inline constexpr std::array kRefusalTables{condition_refusals, file_refusals,    filter_refusals,    framing_refusals,
                                           limits_refusals,    section_refusals, sink_list_refusals, sink_refusals,
                                           syntax_refusals,    syslog_refusals,  traffic_refusals,   volume_refusals};

}  // namespace logsniffd::config
