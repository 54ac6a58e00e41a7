// The type, the default and the bounds of each key are the same in the model, in the loader and in what people read: the
// schema, docs/configuration.md and the manual page. InstalledDefault compares logsniffd.yaml with the model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "config/bounds.hpp"
#include "daemon/base/quantity.hpp"
#include "tests/unit/config/refusal.hpp"
#include "tests/unit/config/shipped_files.hpp"

namespace logsniffd::config {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;

// Where a key stands: its mapping in the schema, and the YAML around it.
struct Mapping {
  std::string schema;
  std::string before;
  std::string after;
  bool own_entry = true;  // in the manual page; otherwise its keys are in the text of another one
};

const std::string kFilterKeys = "/properties/filters/items/properties";
const std::string kSinkTypes = "/properties/sinks/additionalProperties/oneOf/";
const Mapping kCapture{"/properties/capture/properties", "capture: {", "}"};
const Mapping kLimits{"/properties/limits/properties", "limits: {", "}"};
const Mapping kDaemon{"/properties/daemon/properties", "daemon: {", "}"};
const Mapping kFilter{kFilterKeys, "filters: [{", "}]"};
const Mapping kMultiline{kFilterKeys + "/multiline/anyOf/1/properties", "filters: [{multiline: {", "}}]", false};
const Mapping kFile{kSinkTypes + "0/properties", "sinks: {o: {type: file, ", "}}"};
const Mapping kRotate{kFile.schema + "/rotate/properties", "sinks: {o: {type: file, rotate: {", "}}}", false};
const Mapping kSyslog{kSinkTypes + "1/properties", "sinks: {o: {type: syslog, ", "}}"};
const Mapping kTls{kSyslog.schema + "/tls/properties", "sinks: {o: {type: syslog, tls: {", "}}}"};
const Mapping kJournald{kSinkTypes + "2/properties", "sinks: {o: {type: journald, ", "}}"};
const Mapping kStdout{kSinkTypes + "3/properties", "sinks: {o: {type: stdout, ", "}}"};
const Mapping kSpool{"/definitions/spool/properties", "sinks: {o: {type: journald, spool: {", "}}}", false};

struct Fact {
  const Mapping& mapping;
  std::string key;
  std::string type;
  std::string value;   // the default, as YAML; empty: none
  std::string bounds;  // empty: none
};

std::string text_of(bool value) { return value ? "true" : "false"; }

Fact size(const Mapping& mapping, const std::string& key, std::uint64_t value, Bounds<std::uint64_t> bounds) {
  return {mapping, key, "size", value == 0 ? "" : format_size(value),
          format_size(bounds.min) + " to " + format_size(bounds.max)};
}

Fact time(const Mapping& mapping, const std::string& key, Duration value, Bounds<Duration> bounds) {
  return {mapping, key, "time", value == Duration{} ? "" : format_duration(value),
          format_duration(bounds.min) + " to " + format_duration(bounds.max)};
}

Fact number(const Mapping& mapping, const std::string& key, std::uint64_t value, Bounds<std::uint64_t> bounds) {
  return {mapping, key, "number", std::to_string(value),
          std::to_string(bounds.min) + " to " + std::to_string(bounds.max)};
}

// `type` is "word", or what else the manual calls it.
template <class T, std::size_t N>
Fact word(const Mapping& mapping, const std::string& key, const std::array<Choice<T>, N>& choices, const T& value,
          const std::string& type = "word") {
  return {mapping, key, type, std::string(word_of(choices, value)), ""};
}

std::vector<Fact> facts() {
  const Capture capture;
  const Limits limits;
  const Filter filter;
  const FileTarget file;
  const SyslogTarget syslog;
  const sink::file::ArchiveRules archive;
  std::vector<Fact> all{
      {kCapture, "interfaces", "list", "[" + capture.interfaces.at(0) + "]", ""},
      {kCapture, "promiscuous", "bool", text_of(capture.promiscuous), ""},
      size(kCapture, "snaplen", capture.snaplen, kSnaplen),
      size(kCapture, "buffer", capture.buffer, kBuffer),
      time(kCapture, "latency", capture.latency, kLatency),
      number(kLimits, "connections", limits.connections, kConnections),
      time(kLimits, "idle", limits.idle, kIdle),
      size(kLimits, "reassembly", limits.reassembly, kReassembly),
      size(kLimits, "per_connection", limits.per_connection, kPerConnection),
      time(kLimits, "hole_wait", limits.hole_wait, kHoleWait),
      size(kLimits, "fragments", limits.fragments, kFragments),
      size(kLimits, "record", limits.record, kRecord),
      word(kFilter, "protocol", filter::kTransports, filter.transport),
      word(kFilter, "direction", filter::kDirections, filter.direction),
      word(kFilter, "framing", framing::kMethods, filter.framing.method, "word or mapping"),
      word(kFilter, "decode", record::kDecodes, filter.decode),
      {kFilter, "final", "bool", text_of(filter.final), ""},
      time(kFilter, "repeat", {}, kRepeat),
      time(kMultiline, "timeout", filter.multiline.timeout, kMultilineTimeout),
      {kFile, "format", "format", file.format, ""},
      {kFile, "mode", "octal", "0640", ""},
      word(kFile, "sync", sink::file::kSyncPolicies, file.sync),
      size(kRotate, "size", 0, kRotateSize),
      time(kRotate, "every", {}, kRotateEvery),
      number(kRotate, "keep", archive.keep, kRotateKeep),
      time(kRotate, "keep_for", {}, kRotateKeepFor),
      word(kRotate, "compress", sink::file::kCompressions, archive.compression),
      {kSyslog, "to", "target", syslog.to, ""},
      {kSyslog, "protocol", "word", syslog.protocol, ""},
      {kSyslog, "tag", "text", syslog.tag, ""},
      {kTls, "verify", "bool", text_of(syslog.tls.verify), ""},
      {kJournald, "identifier", "template", "'" + JournaldTarget().identifier + "'", ""},
      {kStdout, "format", "format", StandardOutputTarget().format, ""},
      size(kSpool, "size", Spool().size, kSpoolSize),
      {kDaemon, "log_level", "word", Daemon().log_level, ""},
      {kDaemon, "control", "path", Daemon().control, ""},
  };
  for (const Mapping* sink : {&kFile, &kSyslog, &kJournald, &kStdout})
    all.push_back(size(*sink, "queue", Sink().queue, kQueue));
  EXPECT_EQ(file.mode, 0640U);
  EXPECT_EQ(Daemon().metrics, "");
  return all;
}

nlohmann::json schema() { return nlohmann::json::parse(read(kConfigDir / "schema.json")); }

// A reference says what the definition says, but may have a description of its own.
void expect_type(const Fact& fact, const nlohmann::json& key) {
  const std::string reference = key.value("$ref", "");
  if (fact.type == "size" || fact.type == "time") {
    EXPECT_EQ(reference, "#/definitions/" + fact.type);
  } else if (fact.type == "number") {
    EXPECT_EQ(key.at("type"), "integer");
    EXPECT_EQ(key.at("minimum").dump() + " to " + key.at("maximum").dump(), fact.bounds);
  } else if (fact.type == "bool") {
    EXPECT_EQ(key.at("type"), "boolean");
  } else if (fact.type == "list") {
    EXPECT_EQ(key.at("type"), "array");
  } else if (fact.type == "word") {
    EXPECT_THAT(key.at("enum").get<std::vector<std::string>>(), Contains(fact.value));
  }
}

TEST(EveryKey, HasItsTypeDefaultAndBoundsInTheSchema) {
  const nlohmann::json root = schema();
  for (const Fact& fact : facts()) {
    SCOPED_TRACE(fact.mapping.schema + "/" + fact.key);
    nlohmann::json key = root.at(nlohmann::json::json_pointer(fact.mapping.schema + "/" + fact.key));
    // A definition with a description is one key of several mappings.
    if (!key.contains("description"))
      key = root.at(nlohmann::json::json_pointer(key.at("$ref").get<std::string>().substr(1)));
    expect_type(fact, key);
    const std::string description = key.at("description");
    const std::string value = fact.value.empty() ? "" : "Default " + RE2::QuoteMeta(fact.value) + "[.:]";
    EXPECT_TRUE(RE2::PartialMatch(description, value)) << description;
    EXPECT_THAT(description, HasSubstr(fact.type == "number" ? "" : fact.bounds));
  }
}

TEST(EveryKey, HasItsTypeDefaultAndBoundsInTheManual) {
  const std::string manual = read(kDocsDir / "configuration.md");
  for (const Fact& fact : facts()) {
    if (fact.mapping.schema == kStdout.schema && fact.key == "format") continue;  // as for a file
    std::string row = "\n| `" + fact.key + "` | " + fact.type + " | ";
    if (!fact.value.empty()) row += "`" + fact.value + "` ";
    row += "|";
    if (!fact.bounds.empty()) row += " " + fact.bounds + " |";
    EXPECT_THAT(manual, HasSubstr(row));
  }
}

TEST(EveryKey, HasItsDefaultAndBoundsInTheManualPage) {
  const std::string page = read(kDocsDir / "man/logsniffd.yaml.5");
  for (const Fact& fact : facts()) {
    std::string said = fact.value.empty() ? "" : "default " + fact.value;
    if (!said.empty() && !fact.bounds.empty()) said += "; ";
    said += fact.bounds;
    RE2::GlobalReplace(&said, "'", R"(\\(aq)");
    if (fact.mapping.own_entry) {
      EXPECT_THAT(page, HasSubstr("\n.BR " + fact.key + " \" (" + said + ")\"\n"));
    } else {
      EXPECT_THAT(page, HasSubstr("\n.B " + fact.key + "\n(" + said));
    }
  }
}

TEST(EveryKey, HasItsBoundsInTheHintOfTheLoader) {
  for (const Fact& fact : facts()) {
    if (fact.bounds.empty()) continue;
    EXPECT_THAT(lines_of(fact.mapping.before + fact.key + ": 0" + fact.mapping.after),
                Contains(EndsWith(fact.key + ": 0 never means unlimited; use " + fact.bounds)));
  }
}

TEST(EveryKey, MaxSizeHasItsBoundsWhereverPeopleLook) {
  const std::string bounds = format_size(kMaxSize.min) + " to " + format_size(kMaxSize.max);
  const std::string defaults = "8KiB for datagrams, 64KiB for streams";
  EXPECT_THAT(read(kDocsDir / "configuration.md"),
              HasSubstr("| `max_size` | size | " + defaults + " | " + bounds + " |"));
  EXPECT_THAT(read(kDocsDir / "man/logsniffd.yaml.5"),
              HasSubstr(".BR max_size \" (default " + defaults + "; " + bounds + ")\""));
  EXPECT_THAT(read(kConfigDir / "schema.json"), HasSubstr(", " + bounds + ". Default " + defaults + "."));
  EXPECT_THAT(read(kConfigDir / "logsniffd.yaml"), HasSubstr("Default: " + defaults + "."));
  EXPECT_THAT(lines_of("sinks: {o: {type: syslog, max_size: 0}}"), testing::Contains(HasSubstr("use " + bounds)));
}

// The names of all properties in the schema.
void collect_keys(const nlohmann::json& schema, std::set<std::string>& keys) {
  for (const auto& [keyword, value] : schema.items()) {
    if (keyword == "properties") {
      for (const auto& [name, unused] : value.items()) keys.insert(name);
    }
    if (value.is_structured()) collect_keys(value, keys);
  }
}

TEST(EveryKey, IsNamedWhereverPeopleLook) {
  std::set<std::string> keys;
  collect_keys(schema(), keys);
  EXPECT_GT(keys.size(), 50U);
  const std::string manual = read(kDocsDir / "configuration.md");
  const std::string page = read(kDocsDir / "man/logsniffd.yaml.5");
  const std::string shipped = read(kConfigDir / "logsniffd.yaml");
  for (const std::string& key : keys) {
    EXPECT_TRUE(RE2::PartialMatch(manual, "[`{ ]" + key + "[`:]")) << key;
    EXPECT_TRUE(RE2::PartialMatch(page, "\\b" + key + "\\b")) << key;
    if (key == "workers" || key == "tunnels") continue;  // not supported by this version
    EXPECT_TRUE(RE2::PartialMatch(shipped, "\\b" + key + "\\b")) << key;
  }
}

}  // namespace
}  // namespace logsniffd::config
