// Reads a message that is one JSON object, as the common loggers write it: zap, zerolog, logrus, slog, pino,
// bunyan, winston, structlog, python-json-logger, logback, Serilog, Monolog, ECS, Docker, Caddy, MongoDB,
// journalctl, Google Cloud...
//
// What they call a message, a severity, a time, a host, an app and a pid becomes the record's own (json.cpp lists the
// keys in order of preference). Everything else becomes fields; members of nested objects get dotted names
// (json_object.hpp, key_roles.hpp).
//   - Keys are compared without regard to case, and {"log": {"level": ...}} is "log.level".
//   - An object without a message is its own message, whole. Severity, time, fields and so on are still read.
//   - If fields found no room, the message is the whole text, so that nothing is lost.
//   - Line ends at the end of a message belong to the transport, as in syslog, and are dropped.
//   - journald's arrays of bytes are read as those bytes: in a MESSAGE, and in all fields of what journalctl wrote.
//   - A time in two parts (log4j 2: "instant"; Google Cloud: "timestamp") is one time.
//   - A CLEF event (Serilog: "@t", "@m" or "@mt") without a level is info, as its format says.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the record's views point into `text` and into this: valid until the next read().
// BOUNDS    kMaxFields fields and those of json_object.hpp; linear; no allocation once the longest text was seen.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/record/json/json_object.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::record::json {

class JsonReader {
 public:
  // True if `text` is one JSON object. White space around it is allowed, anything else after it is not. Sets severity,
  // facility, sent, host, app, pid, msgid, message and fields of `record`, whose captured_at is REQUIRED for times
  // without a zone. False leaves `record` as it was. `fields` backs the record's fields; fields.size() is above
  // kMaxFields exactly if one found no room.
  [[nodiscard]] bool read(std::string_view text, LogRecord& record, std::vector<Field>& fields);

 private:
  JsonObject object_;
};

}  // namespace logsniffd::record::json
