// Filters: which records are wanted, and where they go.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using test::endpoint;
using test::TcpConversation;
using test::udp_packet;

FileBytes lines(std::string_view text) {
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kServer));
  capture.ip(talk.handshake());
  capture.ip(talk.client_says(text));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes two_filters_final() {
  return lines(
      "INFO started\n"
      "ERROR disk full\n"
      "INFO login of alice\n"
      "ERROR login of mallory refused\n");
}

FileBytes match_and_exclude() {
  return lines(
      "ERROR disk full\n"
      "INFO all is well\n"
      "WARN healthcheck slow\n"
      "kernel panic\n"
      "WARN memory low\n");
}

FileBytes severity() {
  Capture capture;
  for (const std::string_view payload :
       {"<10>critical", "<11>an error", "<12>a warning", "<13>a notice", "<15>debug", "of no severity"}) {
    capture.ip(udp_packet(endpoint(kClient), endpoint("10.0.0.2:514"), payload));
  }
  return capture.bytes();
}

FileBytes where() {
  return lines(R"({"host":"web-1","status":503,"msg":"upstream gone"})"
               "\n"
               R"({"host":"web-2","status":200,"msg":"served"})"
               "\n"
               R"({"host":"db-1","status":503,"msg":"another host"})"
               "\n"
               R"({"host":"web-3","msg":"without a status"})"
               "\n"
               R"({"host":"web-1","status":"n/a","msg":"not a number"})"
               "\n"
               "no fields at all\n"
               R"({"host":"web-4","status":500.5,"msg":"just above"})"
               "\n");
}

FileBytes redact() {
  return lines(
      "login of alice, password=hunter2 token=abc\n"
      R"({"user":"bob","auth":"password=x9","msg":"PASSWORD=y8 refused"})"
      "\n"
      "nothing to hide\n"
      "DEBUG password=z7\n");
}

FileBytes repeat() {
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kServer));
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("disk full\ndisk full\ndisk full\ndisk has room\ndisk full\n"));
  capture.pause(std::chrono::seconds(6));
  capture.ip(talk.client_says("disk full\nkey=secret 1\nkey=secret 1\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes rate() {
  Capture capture;
  for (const std::string_view client : {"10.0.0.1:50000", "10.0.0.3:50000"}) {
    for (const std::string_view text : {"one", "two", "three", "four"}) {
      capture.ip(udp_packet(endpoint(client), endpoint(kServer), text));
    }
  }
  capture.ip(udp_packet(endpoint("10.0.0.3:50000"), endpoint(kServer), "five"));
  capture.pause(std::chrono::seconds(61));
  capture.ip(udp_packet(endpoint(kClient), endpoint(kServer), "six"));
  return capture.bytes();
}

FileBytes sample() {
  return lines(
      "tick\ntick\ntick\ntick\ntick\n"
      "tock\ntock\ntock\ntock\ntock\n");
}

FileBytes direction() {
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kServer));
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("a question\n"));
  capture.ip(talk.server_says("an answer\n"));
  capture.ip(talk.client_says("another question\n"));
  capture.ip(talk.close());
  capture.ip(udp_packet(endpoint(kServer), endpoint(kClient), "a datagram from the port"));
  return capture.bytes();
}

FileBytes networks() {
  Capture capture;
  const auto say = [&capture](std::string_view from, std::string_view to, std::string_view payload) {
    capture.ip(udp_packet(endpoint(from), endpoint(to), payload));
  };
  say("10.1.255.3:50000", "192.0.2.1:9988", "from the network");
  say("10.2.0.3:50000", "192.0.2.1:9988", "from its neighbour");
  say("192.0.2.1:9988", "10.1.0.9:50000", "to the network");
  say("[2001:db8:1::1]:50000", "[2001:db8:ffff::1]:9988", "from the IPv6 network");
  say("[2001:db9::1]:50000", "[2001:db9::2]:9988", "from another one");
  return capture.bytes();
}

}  // namespace

std::span<const Condition> routing_conditions() {
  static constexpr std::array kConditions{
      Condition{"two-filters-final", two_filters_final},
      Condition{"match-and-exclude", match_and_exclude},
      Condition{"severity", severity},
      Condition{"where", where},
      Condition{"redact", redact},
      Condition{"repeat", repeat},
      Condition{"rate", rate},
      Condition{"sample", sample},
      Condition{"direction", direction},
      Condition{"networks", networks},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
