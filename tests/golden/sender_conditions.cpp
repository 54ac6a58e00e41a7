// Senders that follow no RFC, or only most of one: what they write between records, and their headers.
#include <array>
#include <string>
#include <vector>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using test::endpoint;
using test::TcpConversation;
using test::udp_packet;

constexpr std::string_view kSyslog = "10.0.0.2:514";
constexpr std::string_view kFourth = "10.0.0.1:50003";
constexpr std::string_view kFifth = "10.0.0.1:50004";

// A connection to kSyslog with these segments, from its handshake to its end.
void talk(Capture& capture, std::string_view client, const std::vector<std::string>& segments) {
  TcpConversation talk(endpoint(client), endpoint(kSyslog));
  capture.ip(talk.handshake());
  for (const std::string& segment : segments) capture.ip(talk.client_says(segment));
  capture.ip(talk.close());
}

FileBytes datagrams(std::string_view to, std::initializer_list<std::string_view> payloads) {
  Capture capture;
  for (const std::string_view payload : payloads) capture.ip(udp_packet(endpoint(kClient), endpoint(to), payload));
  return capture.bytes();
}

// One connection sends an object per segment, with pauses. The other sends several per segment, and one across two.
FileBytes json_objects_one_behind_the_other() {
  Capture capture;
  TcpConversation slow = conversation();
  capture.ip(slow.handshake());
  for (const std::string_view number : {"0", "1", "2"}) {
    capture.ip(slow.client_says(R"({"hostName":"192.0.2.45","level":"info","message":"test )" + std::string(number) +
                                R"(","sourcetype":"Appl-Test"})"));
    capture.pause(std::chrono::seconds(2));
  }
  TcpConversation fast = conversation(kSecond);
  capture.ip(fast.handshake());
  capture.ip(fast.client_says(R"({"level":"warn","message":"one"}{"level":"warn","message":"two"}{"level":"err)"));
  capture.ip(fast.client_says(R"(or","message":"a } and a { and a \" in text","more":{"depth":[2]}})"));
  capture.ip(fast.close());
  capture.ip(slow.close());
  return capture.bytes();
}

// No message has an end mark. Silence follows the last one, without a FIN. The two datagrams after it are
// from another sender.
FileBytes syslog_without_delimiter() {
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kSyslog));
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("<13>Mar  9 10:27:44 web app[1]: alone"));
  capture.pause(std::chrono::seconds(2));
  capture.ip(talk.client_says("<13>Mar  9 10:27:46 web app[1]: behind a pause"));
  capture.ip(talk.client_says("<13>Mar  9 10:27:46 web app[1]: two in one<13>Mar  9 10:27:46 web app[1]: segment"));
  capture.ip(talk.client_says("<13>Mar  9 10:27:46 web app[1]: <13>text, and"));
  capture.ip(talk.client_says(" its other half"));
  capture.pause(std::chrono::milliseconds(1500));
  capture.ip(udp_packet(endpoint(kSecond), endpoint(kSyslog), "<14>Mar  9 10:27:47 db cron: later"));
  capture.ip(udp_packet(endpoint(kSecond), endpoint(kSyslog), "<14>Mar  9 10:27:47 db cron: and later"));
  return capture.bytes();
}

// Versions 1 and 2 of HAProxy's proxy-protocol.txt, before lines and before counted messages; a header across two
// segments; a header that names no ends; and a connection without a header.
FileBytes proxy_header() {
  const std::string text = "PROXY TCP4 192.0.2.77 192.0.2.1 41000 514\r\n";
  const std::string binary = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\x4d\xc0\0\2\1\xa0\x28\2\2"s;
  Capture capture;
  talk(capture, kClient, {text + "<14>Mar  9 10:27:44 web app: one\n", "<14>Mar  9 10:27:44 web app: two\n"});
  talk(capture, kSecond,
       {binary.substr(0, 13), binary.substr(13) + "<14>Mar  9 10:27:44 web app: three\n",
        "<14>Mar  9 10:27:44 web app: four\n"});
  talk(capture, kThird, {text + "33 <14>Mar  9 10:27:44 web app: five", "32 <14>Mar  9 10:27:44 web app: six"});
  talk(capture, kFourth, {binary + "34 <14>Mar  9 10:27:44 web app: seven", "34 <14>Mar  9 10:27:44 web app: eight"});
  talk(capture, kFifth, {"PROXY UNKNOWN\r\n<14>Mar  9 10:27:44 web app: nine\n"});
  talk(capture, "10.0.0.1:50005", {"<14>Mar  9 10:27:44 web app: ten\n"});
  return capture.bytes();
}

// Perl's Sys::Syslog, and Python's SysLogHandler with a line feed in its format. The trailers change on
// the last connection.
FileBytes two_byte_trailers() {
  const auto message = [](std::string_view text, std::string_view trailer) {
    return "<14>Mar  9 10:27:44 web app[7]: " + std::string(text) + std::string(trailer);
  };
  Capture capture;
  constexpr std::array kTrailers{"\n\0"sv, "\0\n"sv, "\r\n\0"sv, "\0\r\n"sv};
  constexpr std::array kClients{kClient, kSecond, kThird, kFourth};
  for (std::size_t i = 0; i < kTrailers.size(); ++i) {
    const std::string name = std::to_string(i);
    talk(capture, kClients[i],
         {message(name + " first", kTrailers[i]), message(name + " second", kTrailers[i]),
          message(name + " third", kTrailers[i])});
  }
  talk(capture, kFifth,
       {message("LF NUL", "\n\0"sv), message("NUL LF", "\0\n"sv), message("CR LF NUL", "\r\n\0"sv),
        message("LF", "\n") + message("NUL", "\0"sv), message("LF again", "\n")});
  return capture.bytes();
}

// Cisco ISE: LF ends each message, and one message contains a NUL.
FileBytes nul_inside_a_line() {
  const std::string with_nul = "<189>Mar  9 10:27:44 ise1 CISE_Failed: MS-CHAP-Error=\0E=691 R=0; },\n"s;
  const std::string one = "<181>Mar  9 10:27:44 ise1 CISE_Passed: one\n";
  const std::string two = "<181>Mar  9 10:27:44 ise1 CISE_Passed: two\n";
  Capture capture;
  talk(capture, kClient, {with_nul, one, two});
  talk(capture, kSecond, {one, with_nul, two});
  talk(capture, kThird, {"2024-03-09 10:27:44 ERROR bad value '\0' in table\n"s, "2024-03-09 10:27:45 INFO next\n"});
  return capture.bytes();
}

// The count includes the blank after it. On the last connection only silence shows that.
FileBytes octet_count_one_too_high() {
  const auto counted = [](std::string_view text) {
    const std::string message = "<13>Mar  9 10:27:44 web app: " + std::string(text);
    return std::to_string(message.size() + 1) + " " + message;
  };
  Capture capture;
  talk(capture, kClient, {counted("all in") + counted("one") + counted("segment")});
  talk(capture, kSecond, {counted("a"), counted("segment"), counted("each")});
  talk(capture, kThird, {counted("across") + counted("segments").substr(0, 20), counted("segments").substr(20)});
  TcpConversation single(endpoint(kFourth), endpoint(kSyslog));
  capture.ip(single.handshake());
  capture.ip(single.client_says(counted("the only one")));
  capture.pause(std::chrono::seconds(2));
  capture.ip(single.close());
  return capture.bytes();
}

// {"version":"1.1","host":"web1","short_message":"in one datagram","level":4}, and the same with "in two chunks". gzip
// ends with the length, lowest byte first: its last bytes are NULs (RFC 1952, 2.3.1).
FileBytes gelf_gzip() {
  constexpr std::string_view kOne =
      "\037\213\010\000\000\000\000\000\002\003\253\126\052\113\055\052\316\314\317\123\262\122\120\062\324\063\124\322"
      "\121\120\312\310\057\056\001\161\313\123\223\300\374\342\214\374\242\222\370\334\324\342\342\304\364\124\220\104"
      "\146\236\102\176\136\252\102\112\142\111\142\172\121\142\056\110\115\116\152\131\152\016\120\316\244\026\000\122"
      "\104\157\231\122\000\000\000"sv;
  constexpr std::string_view kTwo =
      "\037\213\010\000\000\000\000\000\002\003\253\126\052\113\055\052\316\314\317\123\262\122\120\062\324\063\124\322"
      "\121\120\312\310\057\056\001\161\313\123\223\300\374\342\214\374\242\222\370\334\324\342\342\304\364\124\220\104"
      "\146\236\102\111\171\276\102\162\106\151\136\166\061\110\105\116\152\131\152\016\120\306\244\026\000\243\340\110"
      "\230\120\000\000\000"sv;
  const auto chunk = [](char number, std::string_view text) {
    return "\x1e\x0fidentity"s + number + "\2" + std::string(text);
  };
  return datagrams(kServer, {kOne, chunk(0, kTwo.substr(0, 60)), chunk(1, kTwo.substr(60))});
}

// Exceptions whose own message has further lines, some of them without indentation.
FileBytes exception_with_several_lines() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(
      talk.client_says("2024-03-09 10:27:41 INFO request started\n"
                       "javax.ws.rs.NotFoundException: Unable to find Opportunity\n"
                       "\tat com.example.TableManager.retrieve(TableManager.java:109)\n"
                       "2024-03-09 10:27:42 ERROR insert failed\n"
                       "org.springframework.jdbc.BadSqlGrammarException:\n"
                       "### Error querying database.  Cause: org.postgresql.util.PSQLException: ERROR: no column\n"
                       "  Position: 8\n"
                       "### SQL: SELECT x FROM t\n"
                       "\tat org.example.Translator.translate(Translator.java:101)\n"));
  capture.ip(
      talk.client_says("Caused by: org.postgresql.util.PSQLException: ERROR: no column\n"
                       "  Position: 8\n"
                       "\tat org.postgresql.core.v3.QueryExecutorImpl.receive(QueryExecutorImpl.java:2440)\n"
                       "\t... 113 more\n"
                       "2024-03-09 10:27:43 ERROR webflux\n"
                       "org.example.WebClientRequestException: Connection refused\n"
                       "\tat org.example.ExchangeFunctions.lambda(ExchangeFunctions.java:141)\n"
                       "\tSuppressed: reactor.core.publisher.FluxOnAssembly$OnAssemblyException:\n"
                       "Error has been observed at the following site(s):\n"
                       "\t|_ checkpoint GET localhost:8080\n"
                       "Stack trace:\n"
                       "\t\tat org.example.ExchangeFunctions.lambda(ExchangeFunctions.java:141)\n"
                       "2024-03-09 10:27:44 INFO request ended\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// https://github.com/napalm-automation/napalm-logs/issues/225,
// https://github.com/splunk/splunk-connect-for-syslog/issues/1344 and /1340
FileBytes arista_and_ios_xr_headers() {
  return datagrams(
      kSyslog,
      {
          "<181>Mar  9 10:27:43 leaf1.example.net Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet12 "
          "(uplink), changed state to up",
          "<134>2024-03-09T10:27:43+00:00 leaf1.example.net Acl: %ACL-6-IPACCESS: list acl-internet Ethernet1 denied "
          "tcp 192.0.2.7(63751) -> 192.0.2.8(445)",
          "<182>Mar  9 10:27:43 leaf1.example.net Stp[1234]: %SPANTREE-6-INTERFACE_STATE: Interface Ethernet29/1 "
          "instance MST0 moving from learning to forwarding",
          "<190>5007736: router-r01 RP/0/RSP1/CPU0:2024 Mar 9 10:27:43.971 UTC: SSHD_[65651]: "
          "%SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user 'auser' from '192.0.2.17' on 'vty0'",
          "<189>5000024: router-r02 RP/0/RSP0/CPU0:Mar  9 10:27:43.429 UTC: eigrp[1003]: %ROUTING-EIGRP-5-NBRCHANGE : "
          "EIGRP-Name: default-v4 13325: Neighbor up",
          "<190>2271: RP/0/RSP0/CPU0:Mar  9 10:27:43.429 UTC: config[65710]: %MGBL-CONFIG-6-DB_COMMIT : Configuration "
          "committed by user 'admin'.",
          "<189>Mar  9 10:27:43 router-r02 5000024: RP/0/RSP0/CPU0:Mar  9 10:27:43.429 UTC: eigrp[1003]: "
          "%ROUTING-EIGRP-5-NBRCHANGE : Neighbor up",
      });
}

}  // namespace

std::span<const Condition> sender_conditions() {
  static constexpr std::array kConditions{
      Condition{"json-objects-one-behind-the-other", json_objects_one_behind_the_other},
      Condition{"syslog-without-delimiter", syslog_without_delimiter},
      Condition{"proxy-header", proxy_header},
      Condition{"two-byte-trailers", two_byte_trailers},
      Condition{"nul-inside-a-line", nul_inside_a_line},
      Condition{"octet-count-one-too-high", octet_count_one_too_high},
      Condition{"gelf-gzip", gelf_gzip},
      Condition{"exception-with-several-lines", exception_with_several_lines},
      Condition{"arista-and-ios-xr-headers", arista_and_ios_xr_headers},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
