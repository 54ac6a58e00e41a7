// One syslog message as a sender puts it on the wire, and every member of the record that it must become.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logsniffd::record {

// The moment at which every message of the tables was captured, and the zone of the process (set by syslog_test.cpp):
// five seconds after 22:14:15 on October 11, 2026, in a zone that keeps the summer time of the European Union.
inline constexpr std::string_view kCapturedAt = "2026-10-11 20:14:20";
inline constexpr const char* kZone = "CET-1CEST,M3.5.0,M10.5.0/3";

struct SyslogCase {
  std::string name = {};    // of the condition
  std::string source = {};  // who sends this, or the document that shows it
  std::string wire = {};
  int facility = 0;
  int severity = 0;
  std::string sent = {};  // UTC, "YYYY-MM-DD hh:mm:ss[.fraction]"; empty: absent, here and below
  std::string host = {};
  std::string app = {};
  std::string pid = {};
  std::string msgid = {};
  std::string message = {};
  std::vector<std::pair<std::string, std::string>> fields = {};
};

inline void PrintTo(const SyslogCase& c, std::ostream* out) { *out << c.source << ": " << c.wire; }

std::vector<SyslogCase> rfc5424_cases();
std::vector<SyslogCase> rfc3164_cases();
std::vector<SyslogCase> rfc3164_word_cases();
std::vector<SyslogCase> cisco_cases();
std::vector<SyslogCase> host_cases();
std::vector<SyslogCase> mnemonic_cases();
std::vector<SyslogCase> dialect_cases();

}  // namespace logsniffd::record
