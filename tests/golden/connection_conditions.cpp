// How connections begin, and follow each other: where the first record of a stream comes from.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

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
  capture.ip(first.client_says("first connection\nhalf a"));  // and then the client's host lost its power
  TcpConversation second = conversation_from(500'000, 900'000);
  capture.ip(second.handshake());
  capture.ip(second.client_says("second connection\n"));
  capture.ip(second.close());
  return capture.bytes();
}

}  // namespace

std::span<const Condition> connection_conditions() {
  static constexpr std::array kConditions{
      Condition{"join-mid-stream", join_mid_stream},
      Condition{"payload-in-syn", payload_in_syn},
      Condition{"one-direction-only", one_direction_only},
      Condition{"reused-ports", reused_ports},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
