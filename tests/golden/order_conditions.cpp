// The segments of a running stream: in order, out of order, repeated.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::Packet;
using test::tcp_packet;
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
  capture.ip(client_sends(talk, start, "first\nsecond\n"));  // sent again together with new data
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
  capture.ip(talk.client_says("third: original\n"));  // held: the segment before it comes last
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

// Half a line of each side at a time. The second line of each side comes out of order while the other side continues.
FileBytes both_directions_interleaved() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("client: first, "));
  capture.ip(talk.server_says("server: first, "));
  capture.ip(talk.client_says("its end\n"));
  const Packet client_second = talk.client_says("client: second\n");
  capture.ip(talk.client_says("client: third\n"));
  capture.ip(talk.server_says("its end\n"));
  const Packet server_second = talk.server_says("server: second\n");
  capture.ip(client_second);
  capture.ip(talk.server_says("server: third\n"));
  capture.ip(talk.client_says("client: fourth\n"));
  capture.ip(server_second);
  capture.ip(talk.close());
  return capture.bytes();
}

// Two queues of a network card, one a moment late: each acknowledgement is captured before its data.
FileBytes ack_before_data() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  const Packet first = talk.client_says("first\n");
  capture.ip(talk.server_acks());
  capture.ip(first);
  const Packet second = talk.client_says("second\n");
  const Packet third = talk.client_says("third\nhalf ");
  capture.ip(talk.server_acks());
  capture.pause(10ms);
  capture.ip(third);
  capture.ip(second);
  const Packet last = talk.client_says("a line\nno line feed");
  capture.ip(talk.server_acks());
  capture.ip(talk.server_acks());
  capture.pause(10ms);
  capture.ip(last);
  capture.ip(talk.close());
  return capture.bytes();
}

// Two queues of a network card, one a moment late: the server's FIN is captured before everything that it acknowledges,
// also before the client's FIN.
FileBytes fin_acknowledged_before_data() {
  Capture capture;
  TcpConversation other = conversation(kSecond);
  capture.ip(other.handshake());
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  const Packet last = talk.client_says("first\nno line feed");
  const Packet fin = client_fin(talk);
  const auto end = server_closes(talk);
  capture.ip(end[0]);
  capture.pause(10ms);
  capture.ip(last);
  capture.ip(fin);
  capture.ip(end[1]);
  capture.pause(100ms);  // twice the grace period
  capture.ip(other.client_says("other: it has ended\n"));
  return capture.bytes();
}

// `any` sees a bridge and one of its ports: each packet comes twice, immediately or a few packets later.
FileBytes duplicate_on_any() {
  constexpr std::uint32_t kPort = 2;
  constexpr std::uint32_t kBridge = 3;
  Capture capture(kLinuxSll2);
  const auto connection = [](std::string_view client, std::string_view lines) {
    TcpConversation talk = conversation(client);
    std::vector<Packet> packets = talk.handshake();
    packets.push_back(talk.client_says(lines.substr(0, lines.size() / 2)));
    packets.push_back(talk.client_says(lines.substr(lines.size() / 2)));
    packets.push_back(talk.server_says("an answer\n"));
    for (const Packet& packet : talk.close()) packets.push_back(packet);
    return packets;
  };
  for (const Packet& packet : connection(kClient, "at once: first\nat once: second\nno line feed")) {
    capture.frame(test::sll2(packet, kPort));
    capture.frame(test::sll2(packet, kBridge));
  }
  constexpr std::size_t kBehind = 3;
  const std::vector<Packet> packets = connection(kSecond, "later: first\nlater: second\nno line feed");
  for (std::size_t i = 0; i < packets.size() + kBehind; ++i) {
    if (i < packets.size()) capture.frame(test::sll2(packets[i], kPort));
    if (i >= kBehind) capture.frame(test::sll2(packets[i - kBehind], kBridge));
  }
  return capture.bytes();
}

// Out of order, in fragments, repeated, missing: as over IPv4.
FileBytes ipv6_tcp_reassembly() {
  const Endpoint client = endpoint("[2001:db8::1]:50000");
  const Endpoint server = endpoint("[2001:db8::2]:9988");
  Capture capture;
  TcpConversation talk(client, server);
  capture.ip(talk.handshake());
  const Packet first = talk.client_says("first\n");
  const std::uint32_t second = talk.client_seq();
  capture.ip(talk.client_says("second\n"));
  capture.ip(first);
  capture.ip(tcp_packet(client, server, {.seq = second, .ack = talk.server_seq(), .flags = "PA"}, "second\n"));
  constexpr std::string_view kInFragments = "third, in fragments of sixteen bytes\n";
  const auto fragments = test::ip_fragments(
      client.address, server.address, {.identification = 7},
      test::tcp(client, server, {.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "PA"}, kInFragments), 16);
  talk.skip_client_bytes(kInFragments.size());
  capture.ip(std::vector(fragments.rbegin(), fragments.rend()));
  capture.ip(talk.server_says("an answer\n"));
  talk.skip_client_bytes(50);
  capture.ip(talk.client_says("tail of a line\nbehind the hole\n"));
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
      Condition{"both-directions-interleaved", both_directions_interleaved},
      Condition{"ack-before-data", ack_before_data},
      Condition{"fin-acknowledged-before-data", fin_acknowledged_before_data},
      Condition{"duplicate-on-any", duplicate_on_any},
      Condition{"ipv6-tcp-reassembly", ipv6_tcp_reassembly},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
