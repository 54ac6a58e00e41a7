// The segments of a running stream: in order, out of order, again.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::Packet;
using test::TcpConversation;

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
  capture.ip(client_sends(talk, start, "first\nsecond\n"));  // sent again together with what is new
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
  capture.ip(client_sends(talk, first, "first: replaced\n"));
  const Packet second = talk.client_says("second\n");
  const std::uint32_t third = talk.client_seq();
  capture.ip(talk.client_says("third: original\n"));  // held: what it is behind comes last
  capture.ip(client_sends(talk, third, "third: replaced\n"));
  capture.ip(second);
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes sequence_wrap() {
  Capture capture;
  TcpConversation talk = conversation_from(0xffff'fff0, 0xffff'fffe);
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\n"));
  const Packet across = talk.client_says("across the wrap\n");
  capture.ip(talk.client_says("behind\n"));
  capture.ip(across);
  capture.ip(talk.client_says("later\n"));
  capture.ip(talk.close());
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
      Condition{"sequence-wrap", sequence_wrap},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
