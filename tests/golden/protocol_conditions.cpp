// The protocols that programs log with, as they are on the wire: counted and length-prefixed messages, Python's
// pickles, GELF, JSON, CEF, and data that is not a log.
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

// What Python 3.11's logging.handlers.SocketHandler sends for a record with extra={"order": 7}.
constexpr std::string_view kPickled =
    "\000\000\001\356}q\000(X\004\000\000\000nameq\001X\011\000\000\000shop.cartq\002X\003\000\000"
    "\000msgq\003X\016\000\000\000item 7 of cartq\004X\004\000\000\000argsq\005NX\011\000\000\000leve"
    "lnameq\006X\007\000\000\000WARNINGq\007X\007\000\000\000levelnoq\010K\036X\010\000\000\000pathna"
    "meq\011X\021\000\000\000/srv/shop/cart.pyq\012X\010\000\000\000filenameq\013X\007\000\000\000car"
    "t.pyq\014X\006\000\000\000moduleq\015X\004\000\000\000cartq\016X\010\000\000\000exc_infoq\017NX"
    "\010\000\000\000exc_textq\020NX\012\000\000\000stack_infoq\021NX\006\000\000\000linenoq\022K\014"
    "X\010\000\000\000funcNameq\023X\003\000\000\000addq\024X\007\000\000\000createdq\025GA\331{\016h"
    "\020\000\000X\005\000\000\000msecsq\026G@o@\000\000\000\000\000X\017\000\000\000relativeCreatedq"
    "\027G@$\000\000\000\000\000\000X\006\000\000\000threadq\030K\001X\012\000\000\000threadNameq\031"
    "X\012\000\000\000MainThreadq\032X\013\000\000\000processNameq\033X\013\000\000\000MainProcessq"
    "\034X\007\000\000\000processq\035KMX\005\000\000\000orderq\036K\007u."
    ""sv;

// The same with extra={"payload": an object whose __reduce__ is os.system("touch /tmp/never")}.
constexpr std::string_view kPickledWithCode =
    "\000\000\002,}q\000(X\004\000\000\000nameq\001X\011\000\000\000shop.cartq\002X\003\000\000\000ms"
    "gq\003X\036\000\000\000a value that wants to run codeq\004X\004\000\000\000argsq\005NX\011\000"
    "\000\000levelnameq\006X\007\000\000\000WARNINGq\007X\007\000\000\000levelnoq\010K\036X\010\000"
    "\000\000pathnameq\011X\021\000\000\000/srv/shop/cart.pyq\012X\010\000\000\000filenameq\013X\007"
    "\000\000\000cart.pyq\014X\006\000\000\000moduleq\015X\004\000\000\000cartq\016X\010\000\000\000e"
    "xc_infoq\017NX\010\000\000\000exc_textq\020NX\012\000\000\000stack_infoq\021NX\006\000\000\000li"
    "nenoq\022K\014X\010\000\000\000funcNameq\023X\003\000\000\000addq\024X\007\000\000\000createdq"
    "\025GA\331{\016h\020\000\000X\005\000\000\000msecsq\026G@o@\000\000\000\000\000X\017\000\000\000"
    "relativeCreatedq\027G@$\000\000\000\000\000\000X\006\000\000\000threadq\030K\001X\012\000\000"
    "\000threadNameq\031X\012\000\000\000MainThreadq\032X\013\000\000\000processNameq\033X\013\000"
    "\000\000MainProcessq\034X\007\000\000\000processq\035KMX\007\000\000\000payloadq\036cposix\012sy"
    "stem\012q\037(X\020\000\000\000touch /tmp/neverq tq!Rq\042u."
    ""sv;

template <class... Texts>
FileBytes connection(Texts... texts) {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  (capture.ip(talk.client_says(texts)), ...);
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes datagrams(std::initializer_list<std::string_view> payloads) {
  Capture capture;
  for (const std::string_view payload : payloads) capture.ip(udp_packet(endpoint(kClient), endpoint(kServer), payload));
  return capture.bytes();
}

// RFC 6587, 3.4.1 and 3.4.2, mixed on one connection.
FileBytes octet_counting() {
  return connection("20 <13>cron: first\nhalf25 <13>cron: across seg", "ments<13>cron: no count\n15 <13>cron: again",
                    "\n16 <13>cron: a line\n");
}

// A count that no message can have is text.
FileBytes octet_count_false() {
  return connection("99999999 <13>cron: too large\n", "<13>cron: next\n17 <13>cron: counted");
}

FileBytes python_socket_handler() { return connection(kPickled.substr(0, 100), kPickled.substr(100), kPickled); }

FileBytes python_pickle_with_code() { return connection(kPickledWithCode, kPickled); }

FileBytes python_datagram_handler() { return datagrams({kPickled, kPickled}); }

FileBytes gelf_chunks() {
  constexpr std::string_view kFirst =
      "\x1e\x0fidentity\0\2{\"version\":\"1.1\",\"host\":\"web1\",\"short_message\":\"in two"sv;
  constexpr std::string_view kSecond =
      "\x1e\x0fidentity\1\2 chunks\",\"level\":4,\"timestamp\":1709980064.5,\"_user\":\"anna\"}"sv;
  return datagrams(
      {kSecond, kFirst, "{\"version\":\"1.1\",\"host\":\"web1\",\"short_message\":\"in one\",\"level\":6}"});
}

FileBytes gelf_tcp() {
  return connection(
      "{\"version\":\"1.1\",\"host\":\"web1\",\"short_message\":\"one\"}\0{\"version\":\"1.1\",\"host\":\"we"sv,
      "b1\",\"short_message\":\"two\",\"level\":3}\0"sv);
}

FileBytes json_lines() {
  return connection(
      "{\"level\":\"warn\",\"ts\":1709980064.25,\"logger\":\"shop\",\"msg\":\"slow "
      "query\",\"ms\":812,\"cached\":false}\n",
      "{\"@timestamp\":\"2024-03-09T10:27:44Z\",\"severity\":\"ERROR\",\"message\":\"caf\\u00e9 "
      "\\\"closed\\\"\",\"host\":{\"name\":\"db1\"}}\n",
      "{not json, but a line\n");
}

FileBytes cef_in_syslog() {
  return datagrams(
      {"<134>Mar  9 10:27:44 fw1 CEF:0|Acme|Wall|2.1|100|Port scan|7|src=10.1.2.3 dst=10.4.5.6 msg=many ports, one "
       "host"});
}

FileBytes tls_is_reported_once() {
  return connection("\x16\x03\x01\x00\x05hello\x16\x03\x01\x00\x05"sv,
                    "again\n\x17\x03\x03\x00\x04"
                    "data"sv);
}

FileBytes datagram_split() { return datagrams({"one\ntwo\r\n\nthree", "four\n"}); }

FileBytes multiline_traceback() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(
      talk.client_says("ERROR failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\n"));
  capture.ip(talk.client_says("ValueError: bad\nINFO next\n"));
  capture.pause(std::chrono::seconds(5));  // longer than the timeout
  capture.ip(
      talk.client_says("java.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)\nCaused by: x.Y: z\n\t... 3 more\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes multiline_start() { return connection("2024-03-09 first\nmore of it\n2024-03-09 sec", "ond\nits end\n"); }

}  // namespace

std::span<const Condition> protocol_conditions() {
  static constexpr std::array kConditions{
      Condition{"octet-counting", octet_counting},
      Condition{"octet-count-false", octet_count_false},
      Condition{"python-socket-handler", python_socket_handler},
      Condition{"python-pickle-with-code", python_pickle_with_code},
      Condition{"python-datagram-handler", python_datagram_handler},
      Condition{"gelf-chunks", gelf_chunks},
      Condition{"gelf-tcp", gelf_tcp},
      Condition{"json-lines", json_lines},
      Condition{"cef-in-syslog", cef_in_syslog},
      Condition{"tls-is-reported-once", tls_is_reported_once},
      Condition{"datagram-split", datagram_split},
      Condition{"multiline-traceback", multiline_traceback},
      Condition{"multiline-start", multiline_start},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
