// The installed files: the default configuration shows the defaults of the model, every example loads, and the schema
// and the manual have the same keys as the loader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "config/bounds.hpp"
#include "daemon/base/quantity.hpp"
#include "tests/unit/config/refusal.hpp"
#include "tests/unit/config/shipped_files.hpp"

namespace logsniffd::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

void expect_same(const Filter& filter, const Filter& defaults) {
  EXPECT_EQ(filter.transport, defaults.transport);
  EXPECT_EQ(filter.direction, defaults.direction);
  EXPECT_THAT(filter.networks, IsEmpty());
  EXPECT_EQ(filter.framing.method, defaults.framing.method);
  EXPECT_EQ(filter.decode, defaults.decode);
  EXPECT_EQ(filter.multiline.mode, defaults.multiline.mode);
  EXPECT_THAT(filter.where, IsEmpty());
  EXPECT_THAT(filter.redact, IsEmpty());
  EXPECT_EQ(filter.match, defaults.match);
  EXPECT_EQ(filter.exclude, defaults.exclude);
  EXPECT_EQ(filter.severity, defaults.severity);
  EXPECT_FALSE(filter.volume.any());
  EXPECT_EQ(filter.final, defaults.final);
}

void expect_defaults(const FileTarget& file) {
  FileTarget defaults;
  defaults.path = file.path;
  ASSERT_TRUE(file.rotation);  // off by default: the file shows an example with the defaults of its optional keys
  defaults.rotation.emplace();
  defaults.rotation->size = file.rotation->size;
  defaults.rotation->every = file.rotation->every;
  EXPECT_EQ(file, defaults);
}

void expect_defaults(const SyslogTarget& syslog) {
  SyslogTarget defaults;
  defaults.facility = 16;  // local0, the default for the target in the file
  defaults.trust = false;
  defaults.max_size = syslog.max_size;
  EXPECT_EQ(syslog, defaults);
}

void expect_defaults(const JournaldTarget& journald) { EXPECT_EQ(journald, JournaldTarget()); }
void expect_defaults(const StandardOutputTarget& output) { EXPECT_EQ(output, StandardOutputTarget()); }

TEST(InstalledDefault, WritesSyslogToTheJournal) {
  const LoadResult result = load(read(kConfigDir / "logsniffd.yaml"));  // without this host's /etc/logsniffd.d
  EXPECT_THAT(lines_of(result.problems), IsEmpty());
  const Config& config = result.config;
  ASSERT_EQ(config.filters.size(), 1U);
  EXPECT_EQ(config.filters[0].name, "syslog");
  ASSERT_EQ(config.filters[0].ports.size(), 1U);
  EXPECT_EQ(config.filters[0].ports[0].first, 514);
  EXPECT_EQ(config.filters[0].ports[0].last, 514);
  expect_same(config.filters[0], Filter());
  ASSERT_EQ(config.sinks.size(), 1U);
  EXPECT_EQ(config.sinks[0].target, SinkTarget(JournaldTarget()));
}

TEST(InstalledDefault, CommentedKeys_AreTheDefaults) {
  const std::string text = uncommented(read(kConfigDir / "logsniffd.yaml"));
  const LoadResult result = load(text);
  ASSERT_TRUE(result.ok()) << testing::PrintToString(lines_of(result.problems));
  const Config& config = result.config;

  const Capture capture;
  EXPECT_EQ(config.capture.interfaces, capture.interfaces);
  EXPECT_EQ(config.capture.promiscuous, capture.promiscuous);
  EXPECT_EQ(config.capture.snaplen, capture.snaplen);
  EXPECT_EQ(config.capture.buffer, capture.buffer);
  EXPECT_EQ(config.capture.latency, capture.latency);

  const Limits limits;
  EXPECT_EQ(config.limits.connections, limits.connections);
  EXPECT_EQ(config.limits.idle, limits.idle);
  EXPECT_EQ(config.limits.reassembly, limits.reassembly);
  EXPECT_EQ(config.limits.per_connection, limits.per_connection);
  EXPECT_EQ(config.limits.hole_wait, limits.hole_wait);
  EXPECT_EQ(config.limits.fragments, limits.fragments);
  EXPECT_EQ(config.limits.record, limits.record);

  ASSERT_EQ(config.filters.size(), 2U);
  for (const Filter& filter : config.filters) expect_same(filter, Filter());

  ASSERT_EQ(config.sinks.size(), 5U);  // one of each type, and a second syslog, because tls needs another target
  for (const Sink& sink : config.sinks) {
    EXPECT_EQ(sink.queue, Sink().queue) << sink.name;
    EXPECT_EQ(sink.spool.value_or(Spool()).size, Spool().size) << sink.name;
    if (sink.name == "collector") {
      EXPECT_EQ(std::get<SyslogTarget>(sink.target).tls.verify, sink::net::TlsOptions().verify);
    } else {
      std::visit([](const auto& target) { expect_defaults(target); }, sink.target);
    }
  }
  EXPECT_EQ(config.daemon.log_level, Daemon().log_level);
  EXPECT_EQ(config.daemon.control, Daemon().control);
  EXPECT_EQ(config.daemon.metrics, Daemon().metrics);
}

TEST(Examples, EachOne_LoadsWithoutAWarning) {
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kConfigDir / "examples")) {
    const auto result = load_file(entry.path());
    ASSERT_TRUE(result);
    EXPECT_THAT(lines_of(result->problems), IsEmpty()) << entry.path();
    ++examples;
  }
  EXPECT_GE(examples, 4U);
}

// The keys of a section in the schema.
struct SectionKeys {
  std::string name;
  std::set<std::string> keys;
};

std::vector<SectionKeys> schema_keys() {
  const auto schema = nlohmann::json::parse(read(kConfigDir / "schema.json"));
  const auto keys = [](const nlohmann::json& section) {
    std::set<std::string> names;
    for (const auto& [name, unused] : section.at("properties").items()) names.insert(name);
    return names;
  };
  std::vector<SectionKeys> sections;
  const auto& top = schema.at("properties");
  for (const std::string name : {"capture", "limits", "daemon"}) sections.push_back({name, keys(top.at(name))});
  sections.push_back({"filters", keys(top.at("filters").at("items"))});
  for (const auto& type : top.at("sinks").at("additionalProperties").at("oneOf")) {
    sections.push_back({type.at("properties").at("type").at("const"), keys(type)});
  }
  return sections;
}

// A file whose section contains an unknown key and `key`.
std::string file_with(const std::string& section, const std::string& key) {
  const std::string keys = "zzzzzzzzzzzzzz: 1, " + key + ": 1";
  if (section == "filters") return "filters: [{" + keys + "}]";
  if (section == "capture" || section == "limits" || section == "daemon") return section + ": {" + keys + "}";
  return "sinks: {x: {type: " + section + ", " + keys + "}}";
}

TEST(Schema, HasTheKeysOfTheLoader) {
  const auto sections = schema_keys();
  ASSERT_EQ(sections.size(), 8U);
  for (const SectionKeys& section : sections) {
    for (const std::string& key : section.keys) {
      const std::string problems = testing::PrintToString(lines_of(file_with(section.name, key)));
      EXPECT_THAT(problems, Not(HasSubstr("." + key + ": unknown key"))) << section.name;
    }
    // The error for an unknown key offers all keys that the loader knows. The schema must have them all.
    const std::string problems = testing::PrintToString(lines_of(file_with(section.name, "zzzzzzzzzzzzzzz")));
    std::string offered;
    ASSERT_TRUE(RE2::PartialMatch(problems, "unknown key; use ([a-z_, ]+)", &offered)) << problems;
    RE2::GlobalReplace(&offered, " or ", ", ");
    re2::StringPiece rest(offered);
    for (std::string key; RE2::FindAndConsume(&rest, "([a-z_]+)", &key);) {
      EXPECT_EQ(section.keys.count(key), 1U) << section.name << " lacks " << key;
    }
  }
}

TEST(Schema, HasTheCountsOfTheCode) {
  const auto top = nlohmann::json::parse(read(kConfigDir / "schema.json")).at("properties");
  EXPECT_EQ(top.at("filters").at("maxItems"), kMaxFilters);
  EXPECT_EQ(top.at("sinks").at("maxProperties"), kMaxSinks);
}

TEST(Manual, HasEveryKeyOfTheSchema) {
  const std::string manual = read(kDocsDir / "configuration.md");
  for (const SectionKeys& section : schema_keys()) {
    for (const std::string& key : section.keys) {
      EXPECT_NE(manual.find("`" + key), std::string::npos) << section.name << " lacks " << key;
    }
  }
}

}  // namespace
}  // namespace logsniffd::config
