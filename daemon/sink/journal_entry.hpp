// A record in journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): NAME=value LF, or where the value holds
// a LF, NAME LF, its length as 64 bits little-endian, the value, LF. So no value can make a field of its own.
//
// A sender chooses the values of MESSAGE, PRIORITY, SYSLOG_PID and SYSLOG_TIMESTAMP, that of SYSLOG_IDENTIFIER as far
// as the template says so, and those of fields that begin with LOGSNIFFD_. Of facilities SYSLOG_FACILITY has local0 to
// local7 alone: by the others a syslog daemon that reads the journal would file the entry beside the host's own (auth,
// authpriv); LOGSNIFFD_FACILITY names these. A message that would read like a marker (marker.hpp) has its first
// character escaped as in text; LOGSNIFFD_MESSAGE then holds it as it was sent.
//
// THREAD  immutable; append() may run on any thread.
#pragma once

#include <string>
#include <string_view>

#include "daemon/record/log_record.hpp"
#include "daemon/sink/record_format.hpp"
#include "daemon/sink/time_format.hpp"

namespace logsniffd::sink {

class JournalEntry {
 public:
  // `identifier` makes SYSLOG_IDENTIFIER; "logsniffd" where it comes out empty.
  explicit JournalEntry(RecordFormat identifier) : identifier_(std::move(identifier)), time_(TimeFormat::rfc3339()) {}

  void append(const record::LogRecord& record, std::string_view filter, std::string& out) const;
  // A loss marker (loss_notice.hpp): alone it has no LOGSNIFFD_SRC.
  void append_notice(std::string_view text, PacketTime when, std::string& out) const;

 private:
  [[nodiscard]] std::string identifier_of(const record::LogRecord& record, std::string_view filter) const;

  RecordFormat identifier_;
  TimeFormat time_;
};

}  // namespace logsniffd::sink
