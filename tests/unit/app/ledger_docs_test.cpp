// The ledger against its documentation: every figure is explained to the operator, no explained figure is missing, and
// the sums are those of the counters.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/ledger.hpp"

namespace logsniffd::app {
namespace {

using Json = nlohmann::json;

// The lines of a page from a heading to the next heading of level 2.
std::vector<std::string> chapter(const std::string& page, const std::string& heading) {
  std::ifstream file(std::string(LOGSNIFFD_DOCS_FOLDER) + "/" + page);
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == heading) {
      inside = true;
    } else if (inside && line.starts_with("## ")) {
      break;
    } else if (inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

// "`events.gaps`, `.gap_bytes`" -> events.gaps, events.gap_bytes
std::vector<std::string> figures_in(std::string_view cell) {
  std::vector<std::string> figures;
  std::string group;
  for (std::size_t begin = cell.find('`'); begin != std::string_view::npos; begin = cell.find('`', begin + 1)) {
    const std::size_t end = cell.find('`', begin + 1);
    std::string figure(cell.substr(begin + 1, end - begin - 1));
    std::erase(figure, '"');
    if (figure.starts_with('.')) {
      figure = group + figure;
    } else {
      group = figure.substr(0, figure.find('.'));
    }
    figures.push_back(figure);
    begin = end;
  }
  return figures;
}

// The figures of each section, as patterns: "malformed.*".
std::map<std::string, std::vector<std::string>> documented_figures() {
  std::map<std::string, std::vector<std::string>> sections;
  std::string section;
  for (const std::string& line : chapter("operations.md", "## Every figure, and what to do")) {
    if (line.starts_with("### ")) section = line.substr(4, line.find(',') - 4);
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(2, line.find(" | ") - 2);
    for (std::string& figure : figures_in(cell)) sections[section].push_back(std::move(figure));
  }
  return sections;
}

void collect(const Json& object, const std::string& prefix, std::vector<std::string>& figures) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_object()) {
      collect(value, prefix + key + ".", figures);
    } else {
      figures.push_back(prefix + key);
    }
  }
}

std::map<std::string, std::vector<std::string>> counted_figures() {
  Ledger ledger;
  ledger.sinks.push_back({"out", {}});
  Json json = Json::parse(ledger.to_json());
  json.erase("unaccounted");
  json["sinks"] = Json(json["sinks"]["out"]);
  std::map<std::string, std::vector<std::string>> sections;
  for (const auto& [section, object] : json.items()) collect(object, "", sections[section]);
  return sections;
}

bool is_one_of(const std::string& figure, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return ::fnmatch(pattern.c_str(), figure.c_str(), 0) == 0; });
}

TEST(LedgerDocs, EveryFigure_IsInOperations) {
  const auto documented = documented_figures();
  for (const auto& [section, figures] : counted_figures()) {
    ASSERT_TRUE(documented.contains(section)) << section;
    for (const std::string& figure : figures) {
      EXPECT_TRUE(is_one_of(figure, documented.at(section))) << section << ": " << figure;
    }
  }
}

TEST(LedgerDocs, EveryFigureInOperations_IsCounted) {
  const auto counted = counted_figures();
  for (const auto& [section, patterns] : documented_figures()) {
    ASSERT_TRUE(counted.contains(section)) << section;
    for (const std::string& pattern : patterns) {
      const auto& figures = counted.at(section);
      EXPECT_TRUE(std::any_of(figures.begin(), figures.end(),
                              [&](const std::string& figure) { return is_one_of(figure, {pattern}); }))
          << section << ": " << pattern;
    }
  }
}

// The terms of a sum, in any order. A group of counters is one term: "filtered.*". Sums are found by the place where
// they hold: "records netconsole:".
struct Sum {
  std::set<std::string> wholes;
  std::set<std::string> parts;

  bool operator==(const Sum&) const = default;
};
using Sums = std::map<std::string, Sum>;

std::ostream& operator<<(std::ostream& out, const Sum& sum) {
  for (const std::string& term : sum.wholes) out << term << ' ';
  out << '=';
  for (const std::string& term : sum.parts) out << ' ' << term;
  return out;
}

// A line with `=` begins a sum. A section extends to the next section name.
Sums documented_sums() {
  Sums sums;
  std::string section;
  Sum* sum = nullptr;
  bool inside = false;
  for (const std::string& line : chapter("architecture.md", "## The ledger")) {
    if (line == "```") inside = !inside;
    if (!inside || line == "```") continue;
    std::istringstream words(line);
    std::string word;
    if (!line.starts_with(' ')) words >> section;
    std::string place = section;
    std::vector<std::string> terms;
    const bool begins = line.find('=') != std::string::npos;
    if (begins) sum = nullptr;
    bool right = !begins;
    while (words >> word) {
      if (word == "+") continue;
      if (word.ends_with(':')) {
        place += " " + word;
      } else if (word == "=") {
        right = true;
      } else {
        if (sum == nullptr) sum = &sums[place];
        (right ? sum->parts : sum->wholes).insert(word);
      }
    }
  }
  return sums;
}

template <class Block>
void add_sum(Sum& sum, const Block& block) {
  Block::for_each(block, [&](const CounterName& name, const auto&) {
    const std::string term = name.group.empty() ? std::string(name.word) : std::string(name.group) + ".*";
    if (name.role == CounterName::Role::whole) sum.wholes.insert(term);
    if (name.role == CounterName::Role::part) sum.parts.insert(term);
  });
}

Sums counted_sums() {
  Sums sums;
  const Ledger ledger;
  pipeline::PipelineCounters::for_each_block(ledger.pipeline, [&](const pipeline::BlockName& name, const auto& block) {
    Sum sum;
    add_sum(sum, block);
    if (sum.wholes.empty()) return;
    const std::string group = name.group.empty() ? std::string() : " " + std::string(name.group) + ":";
    sums[std::string(name.section) + group] = sum;
  });
  add_sum(sums["packets"], ledger.capture);
  add_sum(sums["sinks.*"], sink::SinkFigures());
  return sums;
}

TEST(LedgerDocs, SumsInArchitecture_AreThoseOfTheCounters) { EXPECT_EQ(documented_sums(), counted_sums()); }

}  // namespace
}  // namespace logsniffd::app
