#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/bounds.hpp"
#include "config/keys.hpp"
#include "config/rotation_keys.hpp"
#include "config/sections.hpp"
#include "config/spool_keys.hpp"
#include "config/syslog_target.hpp"
#include "config/template_fields.hpp"
#include "config/tls_keys.hpp"
#include "config/trust_keys.hpp"
#include "daemon/base/nearest.hpp"

namespace logsniffd::config {
namespace {

constexpr std::size_t kLongestRotatedName = 226;  // NAME_MAX less what rotation and compression add
constexpr std::size_t kLongestPath = 4095;        // PATH_MAX less its NUL

void read_format(const Value& value, Sink& sink) {
  constexpr std::array<std::string_view, 3> kNamed{"text", "json", "raw"};
  const auto text = value.text();
  if (!text) return;
  sink.format = *text;
  if (std::find(kNamed.begin(), kNamed.end(), *text) != kNamed.end()) return;
  if (text->size() > kMaxTemplate) return value.fail(fmt::format("is longer than {} bytes", kMaxTemplate));
  const auto fields = count_template_fields(*text);
  if (!fields) return value.fail(fields.error().message());
  if (*fields > 0) return;
  // Nobody wants the same line for every record: the text is probably a misspelt name.
  value.fail(fmt::format("{} is unknown{}; use text, json, raw or a template such as '{{time}} {{src}} {{message}}'",
                         quoted(*text), did_you_mean(*text, kNamed)));
}

// Empty if the path can be used.
std::string fault_in_path(const std::string& path) {
  if (path.empty() || path.front() != '/') return quoted(path) + " is not absolute; begin it with /";
  if (path.size() > kLongestPath) return fmt::format("is longer than {} bytes", kLongestPath);
  if (path.back() == '/') return quoted(path) + " names a folder; name a file in it";
  for (const std::string_view part : {"//", "/./", "/../"}) {
    if ((path + "/").find(part) != std::string::npos)
      return quoted(path) + " holds '.', '..' or '//'; write it without";
  }
  const auto fields = count_template_fields(path);
  if (!fields) return fields.error().message();
  // The sink stays below the last / before the first field. In the root folder that would not confine it.
  const std::size_t first_field = path.find('{');
  if (*fields > 0 && path.rfind('/', first_field) == 0) {
    return quoted(path) + " needs a fixed folder before the first field, such as /var/log/logsniffd/";
  }
  return {};
}

void read_path(const Value& value, Sink& sink) {
  const auto path = value.text();
  if (!path) return;
  sink.path = *path;
  if (std::string fault = fault_in_path(*path); !fault.empty()) value.fail(std::move(fault));
}

void read_mode(const Value& value, Sink& sink) {
  constexpr unsigned kOwnerWrites = 0200;
  const auto text = value.text();
  if (!text) return;
  const bool octal =
      text->size() == 4 && text->front() == '0' && text->find_first_not_of("01234567") == std::string::npos;
  if (!octal) return value.fail(quoted(*text) + " is no file mode; use 0 and three octal digits, such as 0640");
  const auto mode = static_cast<unsigned>(std::stoul(*text, nullptr, 8));
  if ((mode & kOwnerWrites) == 0) return value.fail(*text + " does not let the daemon itself write; use such as 0640");
  sink.mode = mode;
}

void read_target(const Value& value, Sink& sink) {
  const auto target = value.text();
  if (!target) return;
  sink.target = *target;
  if (const Status valid = check_syslog_target(*target); !valid) value.fail(valid.error().message());
}

void read_protocol(const Value& value, Sink& sink) {
  constexpr std::array<std::string_view, 2> kProtocols{"rfc3164", "rfc5424"};
  if (const auto found = value.choice(kProtocols)) sink.protocol = kProtocols[*found];
}

void read_max_size(const Value& value, Sink& sink) {
  std::uint64_t size = 0;
  value.read_size(kMaxSize, size);
  if (size > 0) sink.max_size = size;
}

void read_identifier(const Value& value, Sink& sink) {
  const auto text = value.text();
  if (!text) return;
  sink.identifier = *text;
  if (text->size() > kMaxTemplate) return value.fail(fmt::format("is longer than {} bytes", kMaxTemplate));
  if (const auto fields = count_template_fields(*text); !fields) value.fail(fields.error().message());
}

void read_queue(const Value& value, Sink& sink) { value.read_size(kQueue, sink.queue); }

void read_nothing(const Value&, Sink&) {}  // type: read before the others, because it decides which keys there are

constexpr std::array<Key<Sink>, 8> kFileKeys{{{"type", read_nothing},
                                              {"path", read_path},
                                              {"format", read_format},
                                              {"mode", read_mode},
                                              {"queue", read_queue},
                                              {"rotate", read_rotation},
                                              {"sync", read_sync},
                                              {"spool", read_spool}}};
constexpr std::array<Key<Sink>, 10> kSyslogKeys{
    {{"type", read_nothing},
     {"to", read_target},
     {"protocol", read_protocol},
     {"facility", read_facility},
     {"tag", read_tag},
     {"trust", read_trust},
     {"max_size", read_max_size},
     {"tls", [](const Value& value, Sink& sink) { read_tls(value, sink.tls); }},
     {"queue", read_queue},
     {"spool", read_spool}}};
constexpr std::array<Key<Sink>, 4> kJournaldKeys{
    {{"type", read_nothing}, {"identifier", read_identifier}, {"queue", read_queue}, {"spool", read_spool}}};
constexpr std::array<Key<Sink>, 3> kStdoutKeys{
    {{"type", read_nothing}, {"format", read_format}, {"queue", read_queue}}};

// A file name made of fields is cut if necessary; one that is written out cannot be cut.
void check_rotated_name(const Value& value, const Sink& sink) {
  const std::size_t name = sink.path.size() - std::min(sink.path.rfind('/') + 1, sink.path.size());
  const bool constant = sink.path.find('{') == std::string::npos;
  if (sink.rotation && constant && name > kLongestRotatedName) {
    value.find("path")->fail(fmt::format(
        "leaves no room for the names of rotated files; use a file name of at most {} bytes", kLongestRotatedName));
  }
}

void read_typed(const Value& value, Sink& sink) {
  switch (sink.type) {
    case SinkType::file:
      read_keys(value, kFileKeys, sink);
      if (!value.find("path")) value.fail_missing("path", "is missing; a file sink needs one");
      check_rotated_name(value, sink);
      return;
    case SinkType::syslog:
      read_keys(value, kSyslogKeys, sink);
      warn_of_trust(value, sink);
      return check_tls(value, sink.target, sink.tls);
    case SinkType::journald:
      return read_keys(value, kJournaldKeys, sink);
    case SinkType::standard_output:
      return read_keys(value, kStdoutKeys, sink);
  }
}

void read_sink(const Value& value, Sink& sink) {
  constexpr std::array<std::string_view, 4> kTypes{"file", "syslog", "journald", "stdout"};
  constexpr std::array kValues{SinkType::file, SinkType::syslog, SinkType::journald, SinkType::standard_output};
  if (!value.is_mapping() && !value.is_null()) return value.fail("this should be a mapping, such as {type: journald}");
  const auto type = value.find("type");
  if (!type) return value.fail_missing("type", "is missing; use " + any_of(kTypes));
  const auto found = type->choice(kTypes);
  if (!found) return;
  sink.type = kValues[*found];
  read_typed(value, sink);
}

}  // namespace

void read_sinks(const Value& value, std::vector<Sink>& sinks) {
  for (const Value& member : value.members()) {
    if (sinks.size() == kMaxSinks) return member.fail_key(fmt::format("more than {} sinks; remove some", kMaxSinks));
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
