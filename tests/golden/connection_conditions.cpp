// How connections begin, and follow one another: how the first record of a stream comes out.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::Packet;
using test::TcpConversation;

FileBytes join_mid_stream() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.client_says("d of a line\nnext line\n"));
  capture.ip(talk.client_says("third line\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes payload_in_syn() {
  constexpr std::string_view kEarly = "sent in the SYN\n";
  constexpr std::uint32_t kIsn = 1000;
  Capture capture;
  capture.ip(from_client({.seq = kIsn, .flags = "S"}, kEarly));
  TcpConversation talk = conversation_from(kIsn + 1 + kEarly.size(), 9001);
  capture.ip(from_server({.seq = 9000, .ack = talk.client_seq(), .flags = "SA"}));
  capture.ip(talk.client_acks());
  capture.ip(talk.client_says("sent after it\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// First a whole connection in its SYN, as in T/TCP (RFC 1644); then a SYN with only the FIN, which nobody answers. An
// ordinary connection on the same addresses and ports follows each.
FileBytes syn_with_fin() {
  constexpr std::string_view kEarly = "sent with the SYN and the FIN\nno line feed";
  constexpr std::uint32_t kIsn = 1000;
  constexpr std::uint32_t kBehindFin = kIsn + 1 + kEarly.size() + 1;
  Capture capture;
  capture.ip(from_client({.seq = kIsn, .flags = "SFP"}, kEarly));
  capture.ip(from_server({.seq = 9000, .ack = kBehindFin, .flags = "SFA"}));
  capture.ip(from_client({.seq = kBehindFin, .ack = 9002}));
  TcpConversation talk = conversation_from(500'000, 900'000);
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("an ordinary connection\n"));
  capture.ip(talk.close());

  capture.ip(from_client({.seq = kIsn, .flags = "SF"}, {}, kSecond));
  capture.pause(1s);
  TcpConversation second = conversation_from(500'000, 900'000, kSecond);
  capture.ip(second.handshake());
  capture.ip(second.client_says("another one\n"));
  capture.ip(second.close());
  return capture.bytes();
}

// Nobody answers a SYN with a FIN, so the client tries again without the FIN, from the same number. The SYN-ACK
// acknowledges only the SYN.
FileBytes syn_with_fin_then_without() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(from_client({.seq = talk.client_seq(), .flags = "SF"}));
  capture.pause(1s);
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("a line\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// RFC 9293, figure 7: both sides send a SYN, and each answers the other's.
FileBytes simultaneous_open() {
  constexpr std::uint32_t kClientIsn = 1000;
  constexpr std::uint32_t kServerIsn = 9000;
  Capture capture;
  capture.ip(from_client({.seq = kClientIsn, .flags = "S"}));
  capture.ip(from_server({.seq = kServerIsn, .flags = "S"}));
  capture.ip(from_client({.seq = kClientIsn, .ack = kServerIsn + 1, .flags = "SA"}));
  capture.ip(from_server({.seq = kServerIsn, .ack = kClientIsn + 1, .flags = "SA"}));
  TcpConversation talk = conversation_from(kClientIsn + 1, kServerIsn + 1);
  capture.ip(talk.client_says("from one side\n"));
  capture.ip(talk.server_says("from the other\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes one_direction_only() {
  Capture capture;
  TcpConversation client = conversation();
  const auto opening = client.handshake();
  capture.ip(opening[0]);
  capture.ip(opening[2]);
  capture.ip(client.client_says("from the client\n"));
  const Packet second = client.client_says("second\n");
  capture.ip(client.client_says("third\n"));
  capture.ip(second);
  capture.ip(client.close()[0]);

  TcpConversation server = conversation(kSecond);
  capture.ip(server.handshake()[1]);
  capture.ip(server.server_says("from the server\n"));
  return capture.bytes();
}

FileBytes reused_ports() {
  Capture capture;
  TcpConversation first = conversation();
  capture.ip(first.handshake());
  capture.ip(first.client_says("first connection\nhalf a"));  // then the client's host loses its power
  TcpConversation second = conversation_from(500'000, 900'000);
  capture.ip(second.handshake());
  capture.ip(second.client_says("second connection\n"));
  capture.ip(second.close());
  return capture.bytes();
}

// The second connection begins just after the numbers of the first, as RFC 6191 allows in TIME-WAIT. Then a copy of
// data of the first connection appears.
FileBytes reused_ports_after_close() {
  Capture capture;
  TcpConversation first = conversation();
  capture.ip(first.handshake());
  const std::uint32_t old = first.client_seq();
  capture.ip(first.client_says("first connection\nno line feed"));
  capture.ip(first.close());
  capture.pause(1s);
  TcpConversation second = conversation_from(first.client_seq() + 1, first.server_seq() + 64'000);
  capture.ip(second.handshake());
  capture.ip(second.client_says("second connection, "));
  capture.ip(client_sends(first, old, "first connection\nno line feed"));
  capture.ip(second.client_says("its end\n"));
  capture.ip(second.close());
  return capture.bytes();
}

// The capture sees only the client's packets, and the client never closed the first connection.
FileBytes reused_ports_one_direction() {
  Capture capture;
  TcpConversation first = conversation();
  auto opening = first.handshake();
  capture.ip(opening[0]);
  capture.ip(opening[2]);
  capture.ip(first.client_says("first connection\nhalf a"));
  TcpConversation second = conversation_from(500'000, 900'000);
  opening = second.handshake();
  capture.ip(opening[0]);
  capture.ip(opening[2]);
  capture.ip(second.client_says("second connection\n"));
  return capture.bytes();
}

// SYNs with other numbers in a running connection. The server answers with a challenge ACK (RFC 5961, 4.2), whether the
// numbers are in its window or not. If the server was not captured, nothing follows from the numbers.
FileBytes reused_ports_syn_unanswered() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\nhalf "));
  capture.ip(talk.server_acks());
  capture.ip(from_client({.seq = talk.client_seq() + 0x7000'0000, .flags = "S"}));
  capture.ip(talk.server_acks());
  capture.ip(talk.client_says("a line\n"));
  capture.ip(from_client({.seq = talk.client_seq() + 1000, .flags = "S"}, "no line of anybody's\n"));
  capture.ip(talk.server_acks());
  capture.ip(talk.server_says("an answer\n"));
  capture.ip(talk.client_says("third\n"));
  capture.ip(talk.close());

  TcpConversation alone = conversation(kSecond);
  const auto opening = alone.handshake();
  capture.ip(opening[0]);
  capture.ip(opening[2]);
  capture.ip(alone.client_says("alone: first\nalone: half "));
  capture.ip(from_client({.seq = 700'000, .flags = "S"}, {}, kSecond));
  capture.ip(alone.client_says("a line\n"));
  return capture.bytes();
}

}  // namespace

std::span<const Condition> connection_conditions() {
  static constexpr std::array kConditions{
      Condition{"join-mid-stream", join_mid_stream},
      Condition{"payload-in-syn", payload_in_syn},
      Condition{"syn-with-fin", syn_with_fin},
      Condition{"syn-with-fin-then-without", syn_with_fin_then_without},
      Condition{"simultaneous-open", simultaneous_open},
      Condition{"one-direction-only", one_direction_only},
      Condition{"reused-ports", reused_ports},
      Condition{"reused-ports-after-close", reused_ports_after_close},
      Condition{"reused-ports-one-direction", reused_ports_one_direction},
      Condition{"reused-ports-syn-unanswered", reused_ports_syn_unanswered},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
