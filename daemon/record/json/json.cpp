#include "daemon/record/json/json.hpp"

#include <algorithm>
#include <optional>

#include "daemon/record/field_list.hpp"
#include "daemon/record/json/key_roles.hpp"

namespace logsniffd::record::json {
namespace {

// In order of preference. A comment names the writer of a key that is not obvious.
constexpr text::WordTable::Word kKeys[] = {
    known("message", Known::message),
    known("msg", Known::message),
    known("@message", Known::message),
    known("short_message", Known::message),  // GELF
    known("@m", Known::message),             // Serilog
    known("textpayload", Known::message),    // Google Cloud
    known("jsonpayload.message", Known::message),
    known("event", Known::message),  // structlog
    known("log", Known::message),    // Docker
    known("@mt", Known::message),    // Serilog: the template
    known("renderedmessage", Known::message),
    known("messagetemplate", Known::message),
    known("record.message", Known::message),  // loguru

    known("log.level", Known::severity),      // ECS
    known("levelname", Known::severity),      // Python
    known("level_name", Known::severity),     // Monolog
    known("severity_text", Known::severity),  // OpenTelemetry
    known("severity", Known::severity),
    known("level", Known::severity),
    known("loglevel", Known::severity),
    known("lvl", Known::severity),
    known("@l", Known::severity),                 // Serilog
    known("priority", Known::severity),           // journald
    known("error_severity", Known::severity),     // PostgreSQL
    known("syslogseverity", Known::severity),     // rsyslog
    known("record.level.name", Known::severity),  // loguru
    known("levelno", Known::python_severity),     // Python
    known("s", Known::letter_severity),           // MongoDB

    known("@timestamp", Known::time),
    known("timestamp", Known::time),
    known("timestamp.seconds", Known::seconds),  // Google Cloud
    known("timestamp.nanos", Known::nanoseconds),
    known("timestampseconds", Known::seconds),
    known("timestampnanos", Known::nanoseconds),
    known("instant.epochsecond", Known::seconds),  // log4j 2
    known("instant.nanoofsecond", Known::nanoseconds),
    known("time", Known::time),
    known("ts", Known::time),
    known("@t", Known::time),  // Serilog
    known("datetime", Known::time),
    known("eventtime", Known::time),
    known("asctime", Known::time),  // Python
    known("date", Known::time),
    known("t", Known::time),
    known("t.$date", Known::time),                     // MongoDB
    known("timemillis", Known::time),                  // log4j 2
    known("timereported", Known::time),                // rsyslog
    known("record.time.timestamp", Known::time),       // loguru
    known("_source_realtime_timestamp", Known::time),  // journald: the sender's, then the receiver's
    known("__realtime_timestamp", Known::time),

    known("hostname", Known::host),
    known("host.name", Known::host),  // ECS
    known("host", Known::host),       // after the others: web servers use it for the request's host
    known("host.hostname", Known::host),
    known("_hostname", Known::host),  // journald

    known("app", Known::app),
    known("application", Known::app),
    known("service", Known::app),
    known("service.name", Known::app),  // ECS, OpenTelemetry
    known("appname", Known::app),
    known("program", Known::app),
    known("programname", Known::app),  // rsyslog
    known("ident", Known::app),
    known("syslog_identifier", Known::app),  // journald
    known("logger", Known::app),
    known("logger_name", Known::app),  // logback
    known("log.logger", Known::app),   // ECS
    known("channel", Known::app),      // Monolog
    known("name", Known::app),         // bunyan, Python
    known("_comm", Known::app),        // journald

    known("pid", Known::pid),
    known("process.pid", Known::pid),  // ECS
    known("process_id", Known::pid),
    known("procid", Known::pid),   // rsyslog
    known("process", Known::pid),  // Python
    known("syslog_pid", Known::pid),
    known("_pid", Known::pid),               // journald
    known("record.process.id", Known::pid),  // loguru

    known("syslog_facility", Known::facility),  // journald
    known("facility", Known::facility),         // rsyslog
    known("syslogfacility", Known::facility),   // rsyslog
};
constexpr text::WordTable kKnownKeys{kKeys};

// Serilog's compact format, recognized by "@t" and "@m" or "@mt". All other names without "@" are the application's:
// the values of a template such as "{Message} from {Name}" are not a message and a program.
constexpr text::WordTable::Word kClefKeys[] = {
    known("@m", Known::message),    known("@mt", Known::message), known("@l", Known::severity),
    known("@t", Known::time),       known("app", Known::app),     known("application", Known::app),
    known("hostname", Known::host), known("pid", Known::pid),
};
constexpr text::WordTable kKnownClefKeys{kClefKeys};

// The names of fields in the journal.
bool is_journal_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return text::is_upper(c) || text::is_digit(c) || c == '_'; });
}

bool is_journal_entry(std::span<const JsonLeaf> leaves) {
  return std::any_of(leaves.begin(), leaves.end(), [](const JsonLeaf& leaf) {
    return leaf.name == "__REALTIME_TIMESTAMP" || leaf.name == "__CURSOR" || leaf.name == "_BOOT_ID";
  });
}

// journald writes a value that is not printable UTF-8 as an array of its bytes (systemd.io/JOURNAL_EXPORT_FORMATS).
// Elsewhere an array of small numbers is an array of numbers.
void resolve_journal_bytes(JsonObject& object) {
  const std::span<const JsonLeaf> leaves = object.leaves();
  std::optional<bool> entry;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].kind != JsonLeaf::Kind::raw || !is_journal_name(leaves[i].name)) continue;
    if (!entry) entry = is_journal_entry(leaves);
    if (*entry || leaves[i].name == "MESSAGE") object.resolve_bytes(i);
  }
}

bool is_clef(std::span<const JsonLeaf> leaves) {
  const auto any = [leaves](auto is) { return std::any_of(leaves.begin(), leaves.end(), is); };
  return any([](const JsonLeaf& leaf) { return leaf.name == "@t"; }) &&
         any([](const JsonLeaf& leaf) { return leaf.name == "@m" || leaf.name == "@mt"; });
}

}  // namespace

bool JsonReader::read(std::string_view text, LogRecord& record, std::vector<Field>& fields) {
  if (!object_.read(text)) return false;
  if (object_.has_arrays()) resolve_journal_bytes(object_);
  const std::span<const JsonLeaf> leaves = object_.leaves();
  const bool clef = is_clef(leaves);
  const KeyRoles roles(leaves, clef ? kKnownClefKeys : kKnownKeys, record.captured_at);
  FieldList list(fields);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!roles.plays(i)) list.add(leaves[i].name, leaves[i].value);
  }
  if (!object_.complete()) list.leave_out();
  roles.fill(record);
  if (!record.severity && clef) record.severity = Severity::info;
  const JsonLeaf* const message = roles.player(Role::message);
  record.message = message == nullptr || list.left_out() ? text : without_line_ends(message->value);
  record.fields = list.good();
  return true;
}

}  // namespace logsniffd::record::json
