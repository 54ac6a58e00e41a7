// A record in journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): NAME=value LF, or where the value holds
// a LF, NAME LF, its length as 64 bits little-endian, the value, LF. So no value can make a field of its own.
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

 private:
  RecordFormat identifier_;
  TimeFormat time_;
};

}  // namespace logsniffd::sink
