// The families against what names them: the documentation, the alert rules and the dashboard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "daemon/metrics/exposition.hpp"
#include "tests/unit/metrics/everything.hpp"

namespace logsniffd::metrics {
namespace {

using Names = std::set<std::string>;

std::string read(const std::string& path) {
  std::ifstream file(LOGSNIFFD_SOURCE_FOLDER "/" + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

Names families() {
  const Everything all;
  const Families exposed = families_of(all.figures());
  Names names;
  for (const auto& family : exposed.list()) names.insert(family.name);
  return names;
}

// Every name of a series that a query can use.
Names series() {
  const Everything all;
  const Families exposed = families_of(all.figures());
  Names names;
  for (const auto& family : exposed.list()) {
    if (family.type != prometheus::MetricType::Histogram) {
      names.insert(family.name);
      continue;
    }
    for (const char* suffix : {"_bucket", "_count", "_sum"}) names.insert(family.name + suffix);
  }
  return names;
}

// The words that begin with "logsniffd_".
Names names_in(const std::string& text) {
  Names names;
  const std::string begin = "logsniffd_";
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at);
    names.insert(text.substr(at, end - at));
  }
  return names;
}

void collect_queries(const nlohmann::json& value, std::string& queries) {
  if (value.is_object() && value.contains("expr")) queries += value.at("expr").get<std::string>() + "\n";
  if (value.is_object() && value.contains("query") && value.at("query").is_string()) {
    queries += value.at("query").get<std::string>() + "\n";
  }
  if (!value.is_structured()) return;
  for (const auto& member : value) collect_queries(member, queries);
}

// The first cells of the tables.
Names documented() {
  Names names;
  const std::string page = read("docs/metrics.md");
  const std::string row = "\n| `logsniffd_";
  for (std::size_t at = page.find(row); at != std::string::npos; at = page.find(row, at + 1)) {
    const std::size_t begin = at + 4;
    names.insert(page.substr(begin, page.find('`', begin) - begin));
  }
  return names;
}

TEST(MetricsDocs, ListExactlyTheFamiliesThatAreExposed) { EXPECT_EQ(documented(), families()); }

TEST(AlertRules, EveryMetricInThem_Exists) {
  const std::string rules = read("packaging/prometheus/logsniffd.rules.yml");
  const Names named = names_in(rules);
  EXPECT_GE(named.size(), 8U);
  EXPECT_THAT(named, testing::IsSubsetOf(series()));
}

TEST(Dashboard, EveryMetricInIt_Exists) {
  std::string queries;
  collect_queries(nlohmann::json::parse(read("packaging/grafana/logsniffd.json")), queries);
  const Names named = names_in(queries);
  EXPECT_GE(named.size(), 12U);
  EXPECT_THAT(named, testing::IsSubsetOf(series()));
}

}  // namespace
}  // namespace logsniffd::metrics
