// A record as a syslog message: RFC 3164 or RFC 5424.
//
// With SyslogIdentity::trust, what the sender said of itself (facility, host, app, pid, msgid) stands in the header, as
// with a relay. If the record lacks a word that the header needs, host is the sender's address, app the tag, and PRI
// user.notice (13).
//
// Without trust, a receiver must not take the message for one of this host's own programs: the header has the daemon's
// facility and tag and the sender's address, and what the sender said of itself follows in "[src.addr=... app=...]"
// before the text, or in the daemon's element of the structured data (sd_element.hpp). The severity, the time and the
// sender's own structured data are kept in both cases.
//
// Characters that the header does not allow become '_'. The message is escaped as in text, so that its bytes can be
// recovered. It never begins like a marker, nor makes one of the tag before it (marker.hpp).
//
// THREAD  immutable; append() may run on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/format/marker.hpp"
#include "daemon/format/time_format.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::sink::syslog {

enum class SyslogProtocol : std::uint8_t { rfc3164, rfc5424 };

struct SyslogIdentity {
  bool trust = true;                          // trust what the sender says of itself
  std::optional<std::uint8_t> facility = {};  // default: local0 without trust, else user (for records without one)
  std::string tag = std::string(format::kOwnName);
};

class SyslogMessage {
 public:
  // `local`: for a unix socket, where RFC 3164 messages leave out the host, like those of syslog(3).
  SyslogMessage(SyslogProtocol protocol, bool local, SyslogIdentity identity);

  // The lowest allowed limit for a message: its longest header and some words of the text.
  static constexpr std::size_t kLeast = 1024;

  // Appends the message, cut to `limit` bytes if it is longer; then returns false. A cut message ends at a UTF-8
  // boundary, followed by " [truncated]". If less than half of `limit` is left for the text, the sender's structured
  // data is left out first, as it cannot be cut. REQUIRED: limit >= kLeast.
  bool append(const record::LogRecord& record, format::Author author, std::size_t limit, std::string& out) const;

 private:
  enum class Fields : std::uint8_t { kept, left_out };

  struct Line {
    const record::LogRecord& record;
    format::Author author;
    bool stripped;  // what the sender said of itself is not in the header
  };

  // Returns where the text begins.
  std::size_t append_whole(const Line& line, Fields fields, std::string& out) const;
  [[nodiscard]] unsigned priority(const Line& line) const;
  [[nodiscard]] std::string_view tag(const Line& line) const;
  void append_rfc3164(const Line& line, std::string& out) const;
  void append_rfc5424(const Line& line, Fields fields, std::string& out) const;
  void append_host(const Line& line, std::string& out) const;
  static void append_source(const record::LogRecord& record, std::string_view quote, std::string& out);
  static void append_own_element(const Line& line, std::string& out);
  void append_text(const Line& line, std::string& out) const;

  SyslogProtocol protocol_;
  bool local_;
  bool trust_;
  std::uint8_t facility_;
  std::string tag_;
  format::TimeFormat time_;
  std::string own_host_;  // of the daemon's own messages
};

}  // namespace logsniffd::sink::syslog
