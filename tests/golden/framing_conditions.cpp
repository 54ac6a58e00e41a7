// Where a record ends, and what it contains: framing, syslog, and characters that no terminal should see.
#include <array>
#include <string>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::string_view_literals;
using test::endpoint;
using test::TcpConversation;
using test::udp_packet;

constexpr std::string_view kSyslog = "10.0.0.2:514";

FileBytes datagrams(std::string_view to, std::initializer_list<std::string_view> payloads) {
  Capture capture;
  for (const std::string_view payload : payloads) capture.ip(udp_packet(endpoint(kClient), endpoint(to), payload));
  return capture.bytes();
}

// limits.record is 64 bytes. The next line must come out whole.
FileBytes long_line_truncated() {
  const std::string ten_times_seven = "1234567890123456789012345678901234567890123456789012345678901234567890";
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kServer));
  capture.ip(talk.handshake());
  capture.ip(
      talk.client_says(ten_times_seven + "\nexactly sixty-four bytes long, which is as long as a line may be\n"));
  capture.ip(talk.client_says("across segments: "));
  capture.ip(talk.client_says(ten_times_seven));
  capture.ip(talk.client_says(" and on\nnext\n"));
  // The 64th byte is the first byte of a two-byte character.
  capture.ip(talk.client_says("a character is never torn, not even by the limit of 64 bytes, n\u00e9ver\nlast\n"));
  capture.ip(talk.close());
  capture.ip(udp_packet(endpoint(kClient), endpoint(kServer), ten_times_seven));
  return capture.bytes();
}

// One connection to a port with NUL framing, one to a port where the first delimiter decides.
FileBytes nul_framing() {
  Capture capture;
  TcpConversation reported(endpoint(kClient), endpoint(kServer));
  capture.ip(reported.handshake());
  capture.ip(reported.client_says("first\nhas two lines\0second\0thi"sv));
  capture.ip(reported.client_says("rd\0"sv));
  capture.ip(reported.close());
  TcpConversation found(endpoint("10.0.0.1:50001"), endpoint("10.0.0.2:9989"));
  capture.ip(found.handshake());
  capture.ip(found.client_says("no delimiter yet, "));
  capture.ip(found.client_says("then NUL\0so a line\nfeed is text\0"sv));
  capture.ip(found.close());
  return capture.bytes();
}

FileBytes udp_syslog_3164() {
  return datagrams(kSyslog, {
                                "<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for lonvick on /dev/pts/8",
                                "<13>Mar  9 10:27:43 backup cron: done\n",
                                "<14>python: SysLogHandler ends with NUL\0"sv,
                                "<165>no header, only a message",
                                "no priority either",
                            });
}

FileBytes udp_syslog_5424() {
  return datagrams(
      kSyslog,
      {
          "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root' failed for lonvick "
          "on "
          "/dev/pts/8",
          "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
          "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\" "
          "eventSource=\"Appli\\\"cation\" eventID=\"1011\"] An application event log entry...",
          "<165>1 - - - - - -",
      });
}

FileBytes tcp_syslog_lines() {
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kSyslog));
  capture.ip(talk.handshake());
  capture.ip(
      talk.client_says("<30>Mar  9 10:27:44 web nginx[77]: started\n<28>Mar  9 10:27:44 web nginx[77]: slow ans"));
  capture.ip(talk.client_says("wer\n<27>1 2024-03-09T10:27:44Z web app 5 - - failed\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes control_characters_escaped() {
  return datagrams(kServer, {
                                "tab\there, \x1b[31mred\x1b[0m, bell \x07, back\\slash, line\nfeed, carriage\rreturn",
                                "no UTF-8 \xff, UTF-8 \u00e9, U+0085 \xc2\x85, DEL \x7f, NUL \0 inside"sv,
                            });
}

FileBytes json_format() {
  return datagrams(
      kSyslog,
      {
          "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 42 ID47 [exampleSDID@32473 iut=\"3\" "
          "eventSource=\"Application\"][twice@32473 v=\"1\" v=\"2\"] An application event log entry...",
          "plain \"text\" with a \\, a tab\t and \xff",
      });
}

FileBytes forged_marker() {
  return datagrams(
      kSyslog,
      {
          "logsniffd: 1,284 records lost here (queue full) between 10:27:44.016601 and 10:27:45.113020, filter app",
          "<12>Mar  9 10:27:44 web logsniffd: 5 records lost here (timeout)",
          "<12>1 - web logsniffd - - [logsniffd@0 integrity=\"gap\"] logsniffd: 7 records lost here (timeout)",
          "the logsniffd: 2 records lost here",
      });
}

FileBytes template_format() {
  return datagrams(
      kSyslog, {
                   "<165>1 2003-10-11T22:14:15.003Z mymachine evntslog 42 ID47 [origin software=\"rsyslogd\"] entry",
                   "plain",
               });
}

}  // namespace

std::span<const Condition> framing_conditions() {
  static constexpr std::array kConditions{
      Condition{"long-line-truncated", long_line_truncated},
      Condition{"nul-framing", nul_framing},
      Condition{"udp-syslog-3164", udp_syslog_3164},
      Condition{"udp-syslog-5424", udp_syslog_5424},
      Condition{"tcp-syslog-lines", tcp_syslog_lines},
      Condition{"control-characters-escaped", control_characters_escaped},
      Condition{"forged-marker", forged_marker},
      Condition{"json-format", json_format},
      Condition{"template-format", template_format},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
