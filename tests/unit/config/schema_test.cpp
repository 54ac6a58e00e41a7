// config/schema.json takes what the loader takes, and refuses what it refuses, as far as a schema can tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/unit/config/refusal.hpp"
#include "tests/unit/config/schema.hpp"
#include "tests/unit/config/shipped_files.hpp"

namespace logsniffd::config {
namespace {

using testing::IsEmpty;
using testing::Optional;

// What a schema cannot express, by the messages of the loader. In each, [0-9]+ is a number in the text.
constexpr std::array kBeyondSchema{
    // Two keys, or two values, that do not fit together.
    "is already the name of the filter on line",
    "is already the spool of sink",
    "is not a sink",
    "is a reversed range",
    "per_connection .* is larger than reassembly",
    "no room for the names of rotated files",
    "tls: is only for tls:// targets",
    // Sizes and times are text.
    "[0-9](B|KiB|MiB|GiB|us|ms|s|m|h|d) is too (small|large)",
    "'[0-9]{10,}GiB' is not a valid size",
    // What a language of its own says.
    "is not a valid RE2 expression",
    "does not compare with a number",
    "matches the empty text",
    "cannot replace a match",
    "\\{[a-z]+\\}: unknown field",
    "\\{: is never closed",
    "\\{\\}: does not name a field",
    "\\{time:\\}: has no format",
    "is not a valid time conversion",
    "does not take a format",
    "does not name a field of the sender",
    "needs a fixed folder before its first field",
    "has host bits set",
    // A number without quotes has lost its leading zeros.
    "'0[0-9]+' is not a whole number",
    ": 0[0-9]+ is not a valid port",
    "'[0-9]+' is not a valid file mode",
    "does not let the daemon itself write to the file",
};

bool is_beyond_schema(const std::string& line) {
  return line.find(": warning: ") != std::string::npos ||
         std::any_of(kBeyondSchema.begin(), kBeyondSchema.end(),
                     [&](const char* message) { return RE2::PartialMatch(line, message); });
}

// A schema sees one of two equal keys, and nothing of what the other one brings with it.
bool has_duplicate(const std::vector<std::string>& lines) {
  return std::any_of(lines.begin(), lines.end(),
                     [](const std::string& line) { return line.find("duplicate key") != std::string::npos; });
}

TEST(Schema, RefusesWhatItCanExpress) {
  std::size_t refused = 0;
  for (const auto& table : kRefusalTables) {
    for (const auto& [yaml, lines] : table()) {
      const auto faults = schema_faults(yaml);
      if (!faults) continue;  // not even YAML
      const bool expressible = !has_duplicate(lines) && !std::all_of(lines.begin(), lines.end(), is_beyond_schema);
      EXPECT_EQ(!faults->empty(), expressible) << testing::PrintToString(lines) << testing::PrintToString(*faults);
      if (!faults->empty()) ++refused;
    }
  }
  std::cout << refused << " bad configurations refused by the schema\n";
  EXPECT_GT(refused, 500U);
}

TEST(Schema, LimitsOfWhatItCanExpress_AreAllMet) {
  std::string all;
  for (const auto& table : kRefusalTables) {
    for (const auto& [yaml, lines] : table()) {
      for (const std::string& line : lines) all += line + "\n";
    }
  }
  for (const char* message : kBeyondSchema) EXPECT_TRUE(RE2::PartialMatch(all, message)) << message;
}

// Of the keywords below, valijson checks the values. It ignores every other keyword, so a misspelt one has no effect.
void expect_known_keywords(const nlohmann::json& schema) {
  static const std::set<std::string> values{
      "$schema",   "title",     "description", "type", "required", "minItems", "maxItems",    "minimum",      "maximum",
      "minLength", "maxLength", "pattern",     "enum", "const",    "$ref",     "uniqueItems", "maxProperties"};
  static const std::set<std::string> one{"not", "items", "propertyNames", "additionalProperties"};
  static const std::set<std::string> list{"anyOf", "oneOf"};
  static const std::set<std::string> named{"properties", "patternProperties", "definitions", "dependencies"};
  for (const auto& [keyword, value] : schema.items()) {
    if (one.count(keyword) == 1 && value.is_object()) {
      expect_known_keywords(value);
    } else if (list.count(keyword) + named.count(keyword) == 1) {
      for (const nlohmann::json& subschema : value) {
        if (subschema.is_object()) expect_known_keywords(subschema);  // a dependency may be a list of names
      }
    } else {
      EXPECT_TRUE(values.count(keyword) == 1 || value == false) << keyword;
    }
  }
}

TEST(Schema, HasOnlyKeywordsThatAreChecked) {
  expect_known_keywords(nlohmann::json::parse(read(kConfigDir / "schema.json")));
}

TEST(Schema, TakesEveryShippedFile) {
  for (const std::filesystem::path& folder : {kConfigDir, kConfigDir / "examples"}) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".yaml") continue;
      EXPECT_THAT(schema_faults(read(entry.path())), Optional(IsEmpty())) << entry.path();
      ++files;
    }
    EXPECT_GT(files, 0U) << folder;
  }
  EXPECT_THAT(schema_faults(uncommented(read(kConfigDir / "logsniffd.yaml"))), Optional(IsEmpty()));
}

}  // namespace
}  // namespace logsniffd::config
