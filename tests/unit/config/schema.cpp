#include "tests/unit/config/schema.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "config/document.hpp"

namespace logsniffd::config {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

// A value without quotes is what the core schema of YAML 1.2 (10.3.2) makes of it; one with quotes is text.
nlohmann::json scalar(const Node& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (RE2::FullMatch(node.text, "[-+]?[0-9]{1,18}")) return std::stoll(node.text);
  if (RE2::FullMatch(node.text, "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) return std::stod(node.text);
  return node.text;
}

// Of duplicate keys the last one stays, because JSON has no place for the others.
nlohmann::json to_json(const Node& node) {
  nlohmann::json json;
  switch (node.kind) {
    case Node::Kind::null:
      break;
    case Node::Kind::scalar:
      json = scalar(node);
      break;
    case Node::Kind::list:
      json = nlohmann::json::array();
      for (const Node& item : node.items) json.push_back(to_json(item));
      break;
    case Node::Kind::mapping:
      json = nlohmann::json::object();
      for (const Entry& entry : node.entries) json[entry.key] = to_json(entry.value);
      break;
  }
  return json;
}

// Throws if the file is not a schema.
std::unique_ptr<const valijson::Schema> read_schema() {
  std::ifstream file(LOGSNIFFD_CONFIG_DIR "/schema.json");
  const nlohmann::json json = nlohmann::json::parse(file);
  auto schema = std::make_unique<valijson::Schema>();
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(NlohmannJsonAdapter(json), *schema);
  return schema;
}

}  // namespace

std::optional<std::vector<std::string>> schema_faults(const std::string& yaml) {
  static const auto schema = read_schema();
  Problems problems;
  std::size_t nodes = 0;
  const auto root = parse_document(yaml, nullptr, nodes, problems);
  if (!root) return std::nullopt;
  const nlohmann::json json = to_json(*root);
  valijson::ValidationResults results;
  static valijson::Validator validator;  // keeps the compiled patterns
  validator.validate(*schema, NlohmannJsonAdapter(json), &results);
  std::vector<std::string> faults;
  for (const auto& error : results) {
    std::string place;
    for (const std::string& step : error.context) place += step;
    faults.push_back(place + ": " + error.description);
  }
  return faults;
}

}  // namespace logsniffd::config
