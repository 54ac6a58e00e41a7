// A record in journald's native protocol (format/journal_field.hpp).
//
// A sender chooses the values of MESSAGE, PRIORITY, SYSLOG_PID and SYSLOG_TIMESTAMP, that of SYSLOG_IDENTIFIER as far
// as the template allows it, and those of fields that begin with LOGSNIFFD_. SYSLOG_FACILITY holds only local0 to
// local7: with any other, a syslog daemon that reads the journal would file the entry with the host's own (auth,
// authpriv). LOGSNIFFD_FACILITY names the others. If a message would read like a marker (marker.hpp), its first
// character is escaped as in text, and LOGSNIFFD_MESSAGE holds the message as it was sent.
//
// THREAD  immutable; append() may run on any thread.
#pragma once

#include <string>
#include <string_view>

#include "daemon/format/record_format.hpp"
#include "daemon/format/time_format.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::sink::journald {

class JournalEntry {
 public:
  // `identifier` makes SYSLOG_IDENTIFIER; "logsniffd" if the result is empty.
  explicit JournalEntry(format::RecordFormat identifier)
      : identifier_(std::move(identifier)), time_(format::TimeFormat::rfc3339()) {}

  void append(const record::LogRecord& record, std::string_view filter, std::string& out) const;
  // A loss marker (loss_notice.hpp). Only markers have no LOGSNIFFD_SRC.
  void append_notice(std::string_view text, PacketTime when, std::string& out) const;

 private:
  [[nodiscard]] std::string identifier_of(const record::LogRecord& record, std::string_view filter) const;

  format::RecordFormat identifier_;
  format::TimeFormat time_;
};

}  // namespace logsniffd::sink::journald
