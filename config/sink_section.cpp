#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/bounds.hpp"
#include "config/keys.hpp"
#include "config/rotation_keys.hpp"
#include "config/sections.hpp"
#include "config/spool_keys.hpp"
#include "config/syslog_target.hpp"
#include "config/tls_keys.hpp"
#include "config/trust_keys.hpp"
#include "daemon/base/nearest.hpp"
#include "daemon/format/record_format.hpp"
#include "daemon/format/record_template.hpp"
#include "daemon/sink/file/path_template.hpp"

namespace logsniffd::config {
namespace {

constexpr std::size_t kLongestRotatedName = sink::file::PathTemplate::kMaxComponent - sink::file::kRotatedExtra;
constexpr std::size_t kLongestPath = 4095;  // PATH_MAX less its NUL

// Of the targets that are written line by line.
template <class Target>
void read_format(const Value& value, Target& target) {
  constexpr std::array<std::string_view, 3> kNamed{"text", "json", "raw"};
  const auto text = value.text();
  if (!text) return;
  target.format = *text;
  if (text->size() > kMaxTemplate) return value.fail(fmt::format("is longer than {} bytes; shorten it", kMaxTemplate));
  const auto compiled = format::RecordFormat::compile(*text);
  if (!compiled) return value.fail(compiled.error().message());
  if (!compiled->is_constant()) return;
  // Nobody wants the same line for every record: the text is probably a misspelt name.
  value.fail(fmt::format("{} is unknown{}; use text, json, raw or a template such as '{{time}} {{src}} {{message}}'",
                         quoted(*text), did_you_mean(*text, kNamed)));
}

// Empty if the path can be used.
std::string fault_in_path(const std::string& path) {
  if (path.empty() || path.front() != '/') return quoted(path) + " is not an absolute path; start it with /";
  if (path.size() > kLongestPath) return fmt::format("is longer than {} bytes; shorten it", kLongestPath);
  if (path.back() == '/') return quoted(path) + " names a folder; add the name of a file in it";
  for (const std::string_view part : {"//", "/./", "/../"}) {
    if ((path + "/").find(part) != std::string::npos)
      return quoted(path) + " has '.' or '..' as a component, or '//'; write it without them";
  }
  const auto parsed = format::RecordTemplate::parse(path);
  if (!parsed) return parsed.error().message();
  // The sink stays below the last / before the first field. In the root folder that would not confine it.
  const std::size_t first_field = path.find('{');
  if (parsed->has_fields() && path.rfind('/', first_field) == 0) {
    return quoted(path) +
           " needs a fixed folder before its first field; begin it with one, such as /var/log/logsniffd/";
  }
  return {};
}

void read_path(const Value& value, FileTarget& file) {
  const auto path = value.text();
  if (!path) return;
  file.path = *path;
  if (std::string fault = fault_in_path(*path); !fault.empty()) value.fail(std::move(fault));
}

void read_mode(const Value& value, FileTarget& file) {
  constexpr unsigned kOwnerWrites = 0200;
  const auto text = value.text();
  if (!text) return;
  const bool octal =
      text->size() == 4 && text->front() == '0' && text->find_first_not_of("01234567") == std::string::npos;
  if (!octal)
    return value.fail(quoted(*text) + " is not a valid file mode; use 0 and three octal digits, such as 0640");
  const auto mode = static_cast<unsigned>(std::stoul(*text, nullptr, 8));
  if ((mode & kOwnerWrites) == 0)
    return value.fail(*text + " does not let the daemon itself write to the file; use a mode such as 0640");
  file.mode = mode;
}

void read_to(const Value& value, SyslogTarget& syslog) {
  const auto to = value.text();
  if (!to) return;
  syslog.to = *to;
  if (const Status valid = check_syslog_target(*to); !valid) value.fail(valid.error().message());
}

void read_protocol(const Value& value, SyslogTarget& syslog) {
  constexpr std::array<std::string_view, 2> kProtocols{"rfc3164", "rfc5424"};
  if (const auto found = value.choice(kProtocols)) syslog.protocol = kProtocols[*found];
}

void read_max_size(const Value& value, SyslogTarget& syslog) {
  std::uint64_t size = 0;
  value.read_size(kMaxSize, size);
  if (size > 0) syslog.max_size = size;
}

void read_syslog_tls(const Value& value, SyslogTarget& syslog) { read_tls(value, syslog.tls); }

void read_identifier(const Value& value, JournaldTarget& journald) {
  const auto text = value.text();
  if (!text) return;
  journald.identifier = *text;
  if (text->size() > kMaxTemplate) return value.fail(fmt::format("is longer than {} bytes; shorten it", kMaxTemplate));
  if (const auto parsed = format::RecordTemplate::parse(*text); !parsed) value.fail(parsed.error().message());
}

void read_queue(const Value& value, Sink& sink) { value.read_size(kQueue, sink.queue); }

void read_nothing(const Value&, Sink&) {}  // type: read before the others, because it decides which keys there are

// The reader of a key that only one type of sink has. REQUIRED: the sink is of that type.
template <class Target, void (*Read)(const Value&, Target&)>
void own(const Value& value, Sink& sink) {
  Read(value, std::get<Target>(sink.target));
}

constexpr std::array<Key<Sink>, 8> kFileKeys{{{"type", read_nothing},
                                              {"path", own<FileTarget, read_path>},
                                              {"format", own<FileTarget, read_format>},
                                              {"mode", own<FileTarget, read_mode>},
                                              {"queue", read_queue},
                                              {"rotate", own<FileTarget, read_rotation>},
                                              {"sync", own<FileTarget, read_sync>},
                                              {"spool", read_spool}}};
constexpr std::array<Key<Sink>, 10> kSyslogKeys{{{"type", read_nothing},
                                                 {"to", own<SyslogTarget, read_to>},
                                                 {"protocol", own<SyslogTarget, read_protocol>},
                                                 {"facility", own<SyslogTarget, read_facility>},
                                                 {"tag", own<SyslogTarget, read_tag>},
                                                 {"trust", own<SyslogTarget, read_trust>},
                                                 {"max_size", own<SyslogTarget, read_max_size>},
                                                 {"tls", own<SyslogTarget, read_syslog_tls>},
                                                 {"queue", read_queue},
                                                 {"spool", read_spool}}};
constexpr std::array<Key<Sink>, 4> kJournaldKeys{{{"type", read_nothing},
                                                  {"identifier", own<JournaldTarget, read_identifier>},
                                                  {"queue", read_queue},
                                                  {"spool", read_spool}}};
constexpr std::array<Key<Sink>, 3> kStdoutKeys{
    {{"type", read_nothing}, {"format", own<StandardOutputTarget, read_format>}, {"queue", read_queue}}};

// A file name made of fields is cut if necessary; one that is written out cannot be cut.
void check_rotated_name(const Value& value, const FileTarget& file) {
  const std::size_t name = file.path.size() - std::min(file.path.rfind('/') + 1, file.path.size());
  const bool constant = file.path.find('{') == std::string::npos;
  if (file.rotation && constant && name > kLongestRotatedName) {
    value.find("path")->fail(fmt::format(
        "leaves no room for the names of rotated files; use a file name of at most {} bytes", kLongestRotatedName));
  }
}

void read_file(const Value& value, Sink& sink) {
  const auto& file = sink.target.emplace<FileTarget>();
  read_keys(value, kFileKeys, sink);
  if (!value.find("path")) value.fail_missing("path", "is missing; a file sink needs one");
  check_rotated_name(value, file);
}

void read_syslog(const Value& value, Sink& sink) {
  const auto& syslog = sink.target.emplace<SyslogTarget>();
  read_keys(value, kSyslogKeys, sink);
  warn_of_trust(value, syslog);
  check_tls(value, syslog.to);
}

void read_journald(const Value& value, Sink& sink) {
  sink.target.emplace<JournaldTarget>();
  read_keys(value, kJournaldKeys, sink);
}

void read_stdout(const Value& value, Sink& sink) {
  sink.target.emplace<StandardOutputTarget>();
  read_keys(value, kStdoutKeys, sink);
}

void read_sink(const Value& value, Sink& sink) {
  constexpr std::array<std::string_view, 4> kTypes{"file", "syslog", "journald", "stdout"};
  constexpr std::array kReaders{read_file, read_syslog, read_journald, read_stdout};
  if (!value.is_mapping() && !value.is_null()) return value.fail("this should be a mapping, such as {type: journald}");
  const auto type = value.find("type");
  if (!type) return value.fail_missing("type", "is missing; use " + any_of(kTypes));
  if (const auto found = type->choice(kTypes)) kReaders[*found](value, sink);
}

}  // namespace

void read_sinks(const Value& value, std::vector<Sink>& sinks) {
  for (const Value& member : value.members()) {
    if (sinks.size() == kMaxSinks)
      return member.fail_key(fmt::format("there are more than {} sinks; remove some", kMaxSinks));
    Sink sink;
    sink.name = member.name();
    sink.mark = member.key_mark();
    if (const Status valid = check_name(sink.name); !valid) member.fail_key(valid.error().message());
    read_sink(member, sink);
    check_own_spool(member, sink, sinks);
    sinks.push_back(std::move(sink));
  }
}

}  // namespace logsniffd::config
