#include "tests/unit/config/schema.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
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

// valijson's expressions are std::regex, which recurses for each character of a text.
template <class Call>
void run_on_large_stack(Call call) {
  constexpr std::size_t kStack = std::size_t{128} << 20;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_t thread{};
  const auto run = [](void* argument) -> void* {
    (*static_cast<Call*>(argument))();
    return nullptr;
  };
  const int error = pthread_create(&thread, &attributes, run, &call);
  pthread_attr_destroy(&attributes);
  ASSERT_EQ(error, 0);
  pthread_join(thread, nullptr);
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
  run_on_large_stack([&] { validator.validate(*schema, NlohmannJsonAdapter(json), &results); });
  std::vector<std::string> faults;
  for (const auto& error : results) {
    std::string place;
    for (const std::string& step : error.context) place += step;
    faults.push_back(place + ": " + error.description);
  }
  return faults;
}

}  // namespace logsniffd::config
