// Every other list of the words of a choice must equal its table, in the same order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/value.hpp"
#include "daemon/base/nearest.hpp"
#include "tests/unit/config/refusal.hpp"
#include "tests/unit/config/shipped_files.hpp"

namespace logsniffd::config {
namespace {

using testing::ContainsRegex;
using testing::ElementsAreArray;
using testing::HasSubstr;

template <class T, std::size_t N>
std::string joined(const std::array<Choice<T>, N>& choices, const std::string& between) {
  std::string text;
  for (const std::string_view word : words_of(choices)) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

class SchemaWords : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  const nlohmann::json schema_ = nlohmann::json::parse(read(kConfigDir / "schema.json"));
  const nlohmann::json filter_ = schema_.at("properties").at("filters").at("items").at("properties");
  const nlohmann::json sinks_ = schema_.at("properties").at("sinks").at("additionalProperties").at("oneOf");
  const nlohmann::json file_ = sinks_.at(0).at("properties");
  const nlohmann::json syslog_ = sinks_.at(1).at("properties");
};

TEST_F(SchemaWords, OfAFilter_AreThoseOfTheTables) {
  EXPECT_THAT(filter_.at("decode").at("enum").get<Words>(), ElementsAreArray(words_of(record::kDecodes)));
  EXPECT_THAT(filter_.at("direction").at("enum").get<Words>(), ElementsAreArray(words_of(filter::kDirections)));
  EXPECT_THAT(filter_.at("protocol").at("enum").get<Words>(), ElementsAreArray(words_of(filter::kTransports)));
  EXPECT_THAT(filter_.at("severity").at("enum").get<Words>(), ElementsAreArray(record::kSeverityNames));
}

TEST_F(SchemaWords, OfFraming_AreThoseOfTheTables) {
  const nlohmann::json method = schema_.at("definitions").at("framing_method");
  EXPECT_THAT(method.at("enum").get<Words>(), ElementsAreArray(words_of(framing::kMethods)));
  const nlohmann::json details = filter_.at("framing").at("anyOf").at(1).at("properties");
  EXPECT_THAT(details.at("order").at("enum").get<Words>(), ElementsAreArray(words_of(framing::kByteOrders)));
  const nlohmann::json multiline = filter_.at("multiline").at("anyOf").at(1).at("properties");
  for (const std::string_view mode : words_of(framing::kJoinModes)) EXPECT_TRUE(multiline.contains(mode)) << mode;
}

TEST_F(SchemaWords, OfSinks_AreThoseOfTheTables) {
  EXPECT_THAT(file_.at("sync").at("enum").get<Words>(), ElementsAreArray(words_of(sink::file::kSyncPolicies)));
  const nlohmann::json rotate = file_.at("rotate").at("properties");
  EXPECT_THAT(rotate.at("compress").at("enum").get<Words>(), ElementsAreArray(words_of(sink::file::kCompressions)));
  EXPECT_THAT(syslog_.at("facility").at("enum").get<Words>(), ElementsAreArray(record::kFacilityNames));
}

TEST_F(SchemaWords, TypesOfSinks_AreThoseThatTheLoaderOffers) {
  Words types;
  for (const nlohmann::json& sink : sinks_) types.push_back(sink.at("properties").at("type").at("const"));
  const std::vector<std::string_view> views(types.begin(), types.end());
  EXPECT_THAT(lines_of("sinks: {out: {type: zzzzzzzz}}" + kFilters),
              testing::Contains(testing::EndsWith("is unknown; use " + logsniffd::any_of(views))));
}

TEST(Manual, HasARowForEachWordOfFramingAndDecode) {
  const std::string manual = read(kDocsDir / "configuration.md");
  for (const std::string_view word : words_of(framing::kMethods)) {
    EXPECT_THAT(manual, HasSubstr("\n| `" + std::string(word) + "` | "));
  }
  for (const std::string_view word : words_of(record::kDecodes)) {
    EXPECT_THAT(manual, HasSubstr("\n| `" + std::string(word) + "` | "));
  }
}

TEST(ManualPages, HaveTheWordsOfTheTables) {
  const std::string command = read(kDocsDir / "man/logsniffd.8");
  EXPECT_THAT(command, HasSubstr("direction\\~" + joined(filter::kDirections, " | ") + "\n"));
  EXPECT_THAT(command, HasSubstr("framing\\~" + joined(framing::kMethods, " | ") + "\n"));
  EXPECT_THAT(command, HasSubstr("decode\\~" + joined(record::kDecodes, " | ") + "\n"));
  const std::string file = read(kDocsDir / "man/logsniffd.yaml.5");
  EXPECT_THAT(file, HasSubstr("\n.BR " + joined(framing::kMethods, " ,\n.BR ") + " :\n"));
  EXPECT_THAT(file, HasSubstr("\n.BR " + joined(record::kDecodes, " ,\n.BR ") + " :\n"));
}

TEST(Completions, HaveTheWordsOfTheTables) {
  const std::string folder = LOGSNIFFD_DOCS_DIR "/../packaging/completions";
  const std::string bash = read(folder + "/logsniffd.bash");
  const std::string zsh = read(folder + "/_logsniffd");
  const std::string fish = read(folder + "/logsniffd.fish");
  const auto expect = [&](const std::string& option, const std::string& words) {
    EXPECT_THAT(bash, HasSubstr("--" + option + ") words=\"" + words + "\""));
    EXPECT_THAT(zsh, ContainsRegex("'--" + option + "=.*:[(]" + words + "[)]'"));
    EXPECT_THAT(fish, HasSubstr(" -l " + option + " -x -a '" + words + "'"));
  };
  expect("direction", joined(filter::kDirections, " "));
  expect("framing", joined(framing::kMethods, " "));
  expect("decode", joined(record::kDecodes, " "));
}

}  // namespace
}  // namespace logsniffd::config
