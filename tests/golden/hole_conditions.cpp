// Segments that never come, or come too late: holes in a running stream, and how they are given up.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::Packet;
using test::TcpConversation;

FileBytes hole_given_up() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\nhalf a"));
  talk.skip_client_bytes(100);
  capture.ip(talk.client_says("tail of a line\nbehind\n"));
  capture.pause(1900ms);  // hole_wait is 2 s
  capture.ip(talk.client_says("held too\n"));
  capture.pause(200ms);
  capture.ip(talk.client_says("later\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// One receiver acknowledges what the capture never saw; another one what it sees a moment later.
FileBytes acknowledged_hole() {
  Capture capture;
  TcpConversation lossy = conversation(kSecond);
  capture.ip(lossy.handshake());
  capture.ip(lossy.client_says("lossy: first\n"));
  const Packet too_late = lossy.client_says("lossy: too late\n");
  capture.ip(lossy.client_says("lossy: third\n"));
  capture.ip(lossy.server_acks());
  capture.pause(100ms);  // twice the grace, and far less than hole_wait
  capture.ip(too_late);
  capture.ip(lossy.close());

  TcpConversation early = conversation(kThird);
  capture.ip(early.handshake());
  const Packet overtaken = early.client_says("early: overtaken\n");
  capture.ip(early.server_acks());
  capture.pause(10ms);
  capture.ip(overtaken);
  capture.ip(early.close());
  return capture.bytes();
}

// 54 bytes of headers: 42 of TCP payload are captured, 54 of UDP payload.
FileBytes snapshot_cut() {
  Capture capture(kEthernet, 96);
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("short enough\n"));
  capture.ip(talk.client_says("of this line forty-two bytes are captured: the rest is not\n"));
  capture.ip(talk.client_says("behind the cut\n"));
  capture.ip(talk.client_says("later\n"));
  capture.ip(talk.close());
  capture.ip(test::udp_packet(endpoint(kClient), endpoint(kServer),
                              "of this datagram fifty-four bytes are captured, no more: the rest is not"));
  return capture.bytes();
}

}  // namespace

std::span<const Condition> hole_conditions() {
  static constexpr std::array kConditions{
      Condition{"hole-given-up", hole_given_up},
      Condition{"acknowledged-hole", acknowledged_hole},
      Condition{"snapshot-cut", snapshot_cut},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
