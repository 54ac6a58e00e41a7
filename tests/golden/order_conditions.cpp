// The segments of a running stream: in order, out of order, again, never.
#include <array>

#include "tests/golden/conditions.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::Packet;
using test::tcp_packet;
using test::TcpConversation;

constexpr std::string_view kClient = "10.0.0.1:50000";
constexpr std::string_view kServer = "10.0.0.2:9988";

TcpConversation conversation() { return {endpoint(kClient), endpoint(kServer)}; }

// A segment of the client's that does not advance the conversation.
Packet from_client(const TcpConversation& talk, std::uint32_t seq, std::string_view payload) {
  return tcp_packet(endpoint(kClient), endpoint(kServer), {.seq = seq, .ack = talk.server_seq(), .flags = "PA"},
                    payload);
}

FileBytes in_order_lines() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first line\n"));
  capture.ip(talk.client_says("second line\nthird line\n"));
  capture.ip(talk.server_acks());
  capture.ip(talk.client_says("ends with CR LF\r\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes line_across_segments() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("one line in "));
  capture.ip(talk.client_says("three "));
  capture.ip(talk.client_says("segments\nand the "));
  capture.ip(talk.client_says("next\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes out_of_order_segments() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  const Packet second = talk.client_says("second, ");
  const Packet third = talk.client_says("its end\nthird\n");
  const Packet fourth = talk.client_says("fourth\n");
  capture.ip(fourth);
  capture.ip(third);
  capture.ip(second);
  capture.ip(talk.client_says("fifth\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes retransmission() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  const std::uint32_t start = talk.client_seq();
  const Packet first = talk.client_says("first\n");
  capture.ip(first);
  capture.ip(first);
  capture.pause(200ms);
  capture.ip(first);
  capture.ip(from_client(talk, start, "first\nsecond\n"));  // sent again together with what is new
  (void)talk.client_says("second\n");
  capture.ip(talk.client_says("third\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes retransmit_with_different_payload() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  const std::uint32_t first = talk.client_seq();
  capture.ip(talk.client_says("first: original\n"));
  capture.ip(from_client(talk, first, "first: replaced\n"));
  const Packet second = talk.client_says("second\n");
  const std::uint32_t third = talk.client_seq();
  capture.ip(talk.client_says("third: original\n"));  // held: what it is behind comes last
  capture.ip(from_client(talk, third, "third: replaced\n"));
  capture.ip(second);
  capture.ip(talk.close());
  return capture.bytes();
}

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
  TcpConversation lossy(endpoint("10.0.0.1:50001"), endpoint(kServer));
  capture.ip(lossy.handshake());
  capture.ip(lossy.client_says("lossy: first\n"));
  const Packet too_late = lossy.client_says("lossy: too late\n");
  capture.ip(lossy.client_says("lossy: third\n"));
  capture.ip(lossy.server_acks());
  capture.pause(100ms);  // twice the grace, and far less than hole_wait
  capture.ip(too_late);
  capture.ip(lossy.close());

  TcpConversation early(endpoint("10.0.0.1:50002"), endpoint(kServer));
  capture.ip(early.handshake());
  const Packet overtaken = early.client_says("early: overtaken\n");
  capture.ip(early.server_acks());
  capture.pause(10ms);
  capture.ip(overtaken);
  capture.ip(early.close());
  return capture.bytes();
}

FileBytes sequence_wrap() {
  Capture capture;
  TcpConversation talk(endpoint(kClient), endpoint(kServer), 0xffff'fff0, 0xffff'fffe);
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\n"));
  const Packet across = talk.client_says("across the wrap\n");
  capture.ip(talk.client_says("behind\n"));
  capture.ip(across);
  capture.ip(talk.client_says("later\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes keep_alive() {
  using namespace std::string_view_literals;
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\n"));
  capture.ip(talk.server_acks());
  capture.ip(from_client(talk, talk.client_seq() - 1, "\0"sv));  // one old byte, of any value (RFC 9293, 3.8.4)
  capture.ip(talk.server_acks());
  capture.ip(from_client(talk, talk.client_seq() - 1, ""));  // or none
  capture.ip(from_client(talk, talk.client_seq(), "b"));     // a zero-window probe: one new byte, sent again below
  capture.ip(talk.client_says("behind\n"));
  capture.ip(talk.close());
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

std::span<const Condition> order_conditions() {
  static constexpr std::array kConditions{
      Condition{"in-order-lines", in_order_lines},
      Condition{"line-across-segments", line_across_segments},
      Condition{"out-of-order-segments", out_of_order_segments},
      Condition{"retransmission", retransmission},
      Condition{"retransmit-with-different-payload", retransmit_with_different_payload},
      Condition{"hole-given-up", hole_given_up},
      Condition{"acknowledged-hole", acknowledged_hole},
      Condition{"sequence-wrap", sequence_wrap},
      Condition{"keep-alive", keep_alive},
      Condition{"snapshot-cut", snapshot_cut},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
