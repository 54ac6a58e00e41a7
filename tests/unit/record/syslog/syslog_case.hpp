// One syslog message as a sender writes it on the wire, and every expected member of the record.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logsniffd::record::syslog {

struct SyslogCase {
  std::string name = {};    // the condition
  std::string source = {};  // the sender, or the document that shows the message
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

}  // namespace logsniffd::record::syslog
