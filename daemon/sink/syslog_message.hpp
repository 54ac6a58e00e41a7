// A record as a syslog message: RFC 3164 or RFC 5424.
//
// What the sender said of itself (host, app, pid, time, structured data) is kept. Where a syslog header needs a word
// that the record does not have: host is the sender's address, app "logsniffd", PRI user.notice (13). Characters that
// the header does not allow become '_'; the message and the values of structured data are escaped as in text, so that
// their bytes can be had back. In structured data a backslash is doubled only where one could be taken for the
// beginning of an escape (in front of n, r, t, x, another backslash, or what is escaped itself); and then all is quoted
// as RFC 5424, 6.3.3, has it.
//
// THREAD  immutable; append() may run on any thread.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/record/log_record.hpp"
#include "daemon/sink/time_format.hpp"

namespace logsniffd::sink {

enum class SyslogProtocol : std::uint8_t { rfc3164, rfc5424 };

class SyslogMessage {
 public:
  // `local`: for a unix socket, where RFC 3164 messages leave the host out, as those of syslog(3) do.
  SyslogMessage(SyslogProtocol protocol, bool local);

  // The least that a message may be held to: its longest header and some words of the text.
  static constexpr std::size_t kLeast = 1024;

  // Appends the message, or as much of it as is `limit` bytes; false where that is not the whole. Then it is cut at a
  // UTF-8 boundary and ends with " [truncated]"; structured data that leaves less than half for the text goes first, as
  // it cannot be cut. REQUIRED: limit >= kLeast.
  bool append(const record::LogRecord& record, std::size_t limit, std::string& out) const;

 private:
  enum class Fields : std::uint8_t { kept, left_out };

  // Return where the text begins.
  std::size_t append_whole(const record::LogRecord& record, Fields fields, std::string& out) const;
  void append_rfc3164(const record::LogRecord& record, std::string& out) const;
  void append_rfc5424(const record::LogRecord& record, Fields fields, std::string& out) const;
  void append_host(const record::LogRecord& record, std::string& out) const;

  SyslogProtocol protocol_;
  bool local_;
  TimeFormat time_;
  std::string own_host_;  // of the daemon's own messages
};

}  // namespace logsniffd::sink
