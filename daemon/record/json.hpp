// Reads a message that is one JSON object, as the common loggers write it: zap, zerolog, logrus, slog, pino, bunyan,
// winston, structlog, python-json-logger, logback, Serilog, Monolog, ECS, Docker, Caddy, MongoDB, journalctl, Google
// Cloud...
//
// What they call a message, a severity, a time, a host, an app and a pid becomes the record's (the lists of keys, in
// order of preference, are in json.cpp); everything else becomes fields, nested objects with dotted names
// (json_object.hpp, key_roles.hpp). So
//   - keys are compared without regard to case, and {"log": {"level": ...}} is "log.level";
//   - an object without a message is its own message, whole; severity, time, fields and so on are read nonetheless;
//   - where fields found no room the message is the whole text, so that nothing is lost;
//   - line ends at the end of a message are transport, as in syslog: dropped;
//   - journald's arrays of bytes are those bytes: of a MESSAGE, and of all fields of what journalctl wrote;
//   - a time in two parts (log4j 2: "instant"; Google Cloud: "timestamp") is one;
//   - a CLEF event (Serilog: "@t", "@m" or "@mt") without a level is info, as its format says.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the record's views point into `text` and into this: valid until the next read().
// BOUNDS    kMaxFields fields and those of json_object.hpp; linear; no allocation once the longest text was seen.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/record/json_object.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

class JsonReader {
 public:
  // True, with severity, facility, sent, host, app, pid, msgid, message and fields of `record` set (its captured_at is
  // REQUIRED, for times without a zone), where `text` is one JSON object; white space around it is allowed, anything
  // else behind it is not. False leaves `record` as it was. `fields` backs the record's fields; fields.size() is above
  // kMaxFields exactly where one found no room.
  [[nodiscard]] bool read(std::string_view text, LogRecord& record, std::vector<Field>& fields);

 private:
  JsonObject object_;
};

}  // namespace logsniffd::record
