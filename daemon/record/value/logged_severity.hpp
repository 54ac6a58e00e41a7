// The severity that a program gives its message, in the words and numbers of the common loggers, as syslog's severity.
//
// Words, in any case: syslog's own (RFC 5424, 6.2.1), and those of log4j, Python, Go, .NET, JavaScript, Google Cloud.
// Words that syslog does not have: trace, verbose, silly, fine -> debug; severe -> err; fatal, dpanic -> crit. panic is
// emerg: it is syslog's old name for it. Go's slog may add a distance ("INFO+2"), which is dropped.
//
// Numbers: 0..7 are syslog's; 10, 15 ... 65 are bunyan's and pino's (10 trace, 20 debug, 30 info, 40 warn, 50 error, 60
// fatal; those between are rounded down); 100..600 are Monolog's. Python's levelno (10 debug, 20 info, 30 warning, 40
// error, 50 critical) cannot be told from bunyan's by the number, so the key decides: `python`.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/record/severity.hpp"

namespace logsniffd::record::value {

[[nodiscard]] std::optional<Severity> read_severity_word(std::string_view word);
[[nodiscard]] std::optional<Severity> read_severity(std::string_view text);         // a word, or a number as above
[[nodiscard]] std::optional<Severity> read_python_severity(std::string_view text);  // a number of Python's levelno
[[nodiscard]] std::optional<Severity> read_severity_letter(std::string_view text);  // MongoDB: F E W I D D1..D5

}  // namespace logsniffd::record::value
