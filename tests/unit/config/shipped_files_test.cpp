// The installed files: the default configuration shows the defaults of the model, every example loads, and the schema
// and the manual have the same keys as the loader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "config/bounds.hpp"
#include "daemon/base/quantity.hpp"
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const std::filesystem::path kConfigDir = LOGSNIFFD_CONFIG_DIR;
const std::filesystem::path kDocsDir = LOGSNIFFD_DOCS_DIR;

// "#key: value" is a key in a comment, "# words" is prose.
std::string uncommented(std::string yaml) {
  RE2::GlobalReplace(&yaml, "(?m)^( *)#([^ \n])", "\\1\\2");
  return yaml;
}

void expect_same(const Filter& filter, const Filter& defaults) {
  EXPECT_EQ(filter.transport, defaults.transport);
  EXPECT_EQ(filter.direction, defaults.direction);
  EXPECT_THAT(filter.networks, IsEmpty());
  EXPECT_EQ(filter.framing.method, defaults.framing.method);
  EXPECT_EQ(filter.decode, defaults.decode);
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
  const auto& rotate = top.at("sinks").at("additionalProperties").at("oneOf").at(0).at("properties").at("rotate");
  EXPECT_EQ(rotate.at("properties").at("keep").at("minimum"), kRotateKeep.min);
  EXPECT_EQ(rotate.at("properties").at("keep").at("maximum"), kRotateKeep.max);
  EXPECT_EQ(top.at("limits").at("properties").at("connections").at("maximum"), kConnections.max);
}

TEST(Manual, HasEveryKeyOfTheSchema) {
  const std::string manual = read(kDocsDir / "configuration.md");
  for (const SectionKeys& section : schema_keys()) {
    for (const std::string& key : section.keys) {
      EXPECT_NE(manual.find("`" + key), std::string::npos) << section.name << " lacks " << key;
    }
  }
}

std::string row(const std::string& key, const std::string& type, const std::string& value, const std::string& min,
                const std::string& max) {
  return "| `" + key + "` | " + type + " | `" + value + "` | " + min + " to " + max + " |";
}

std::string row(const std::string& key, std::uint64_t value, Bounds<std::uint64_t> bounds) {
  return row(key, "size", format_size(value), format_size(bounds.min), format_size(bounds.max));
}

std::string row(const std::string& key, Duration value, Bounds<Duration> bounds) {
  return row(key, "time", format_duration(value), format_duration(bounds.min), format_duration(bounds.max));
}

std::string row_without_default(const std::string& key, const std::string& type, const std::string& min,
                                const std::string& max) {
  return "| `" + key + "` | " + type + " | | " + min + " to " + max + " |";
}

TEST(Manual, HasTheDefaultsAndBoundsOfTheCode) {
  const std::string manual = read(kDocsDir / "configuration.md");
  const Capture capture;
  const Limits limits;
  for (const std::string& expected :
       {row("snaplen", capture.snaplen, kSnaplen), row("buffer", capture.buffer, kBuffer),
        row("latency", capture.latency, kLatency),
        row("connections", "number", std::to_string(limits.connections), std::to_string(kConnections.min),
            std::to_string(kConnections.max)),
        row("idle", limits.idle, kIdle), row("reassembly", limits.reassembly, kReassembly),
        row("per_connection", limits.per_connection, kPerConnection), row("hole_wait", limits.hole_wait, kHoleWait),
        row("fragments", limits.fragments, kFragments), row("record", limits.record, kRecord),
        row_without_default("size", "size", format_size(kRotateSize.min), format_size(kRotateSize.max)),
        row_without_default("every", "time", format_duration(kRotateEvery.min), format_duration(kRotateEvery.max)),
        row("keep", "number", std::to_string(sink::file::ArchiveRules().keep), std::to_string(kRotateKeep.min),
            std::to_string(kRotateKeep.max)),
        row_without_default("keep_for", "time", format_duration(kRotateKeepFor.min),
                            format_duration(kRotateKeepFor.max)),
        row("queue", Sink().queue, kQueue), row("size", Spool().size, kSpoolSize),
        row("timeout", Multiline().timeout, kMultilineTimeout)}) {
    EXPECT_NE(manual.find(expected), std::string::npos) << expected;
  }
  const std::string max_size =
      "| " + format_size(kMaxSize.min) + " to " + format_size(kMaxSize.max) + " | of a message";
  EXPECT_NE(manual.find(max_size), std::string::npos) << max_size;
}

}  // namespace
}  // namespace logsniffd::config
