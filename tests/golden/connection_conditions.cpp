// How connections begin and end: where records at the edges of a stream come from.
#include <array>

#include "tests/golden/conditions.hpp"

namespace logsniffd::golden {
namespace {

using test::endpoint;
using test::Packet;
using test::tcp_packet;
using test::TcpConversation;

constexpr std::string_view kClient = "10.0.0.1:50000";
constexpr std::string_view kServer = "10.0.0.2:9988";

TcpConversation conversation() { return {endpoint(kClient), endpoint(kServer)}; }

// At the client's next sequence number, without advancing the conversation.
Packet from_client(const TcpConversation& talk, std::string_view flags, std::string_view payload) {
  return tcp_packet(endpoint(kClient), endpoint(kServer),
                    {.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = flags}, payload);
}

FileBytes join_mid_stream() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.client_says("d of a line\nnext line\n"));
  capture.ip(talk.client_says("third line\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes fin_with_data() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  capture.ip(from_client(talk, "FPA", "sent with the FIN\n"));
  talk.skip_client_bytes(sizeof "sent with the FIN\n" - 1 + 1);  // and the FIN's own number
  capture.ip(talk.server_acks());
  return capture.bytes();
}

FileBytes data_after_early_fin() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before the FIN\n"));
  capture.ip(from_client(talk, "FA", ""));
  capture.ip(talk.client_says("behind the FIN\n"));
  capture.ip(talk.client_says("and more\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes reset_with_held_data() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  talk.skip_client_bytes(50);
  capture.ip(talk.client_says("tail of a line\nheld\nhalf a"));
  capture.ip(talk.client_resets());
  return capture.bytes();
}

FileBytes reset_outside_window() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before the reset\nhalf of "));
  capture.ip(
      tcp_packet(endpoint(kClient), endpoint(kServer), {.seq = talk.client_seq() + 0x2000'0000, .flags = "R"}, ""));
  capture.ip(tcp_packet(endpoint(kServer), endpoint(kClient), {.seq = talk.server_seq() - 5000, .flags = "R"}, ""));
  capture.ip(talk.client_says("a line\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes payload_in_syn() {
  constexpr std::string_view kEarly = "sent in the SYN\n";
  constexpr std::uint32_t kIsn = 1000;
  Capture capture;
  capture.ip(tcp_packet(endpoint(kClient), endpoint(kServer), {.seq = kIsn, .flags = "S"}, kEarly));
  TcpConversation talk(endpoint(kClient), endpoint(kServer), kIsn + 1 + kEarly.size(), 9001);
  capture.ip(
      tcp_packet(endpoint(kServer), endpoint(kClient), {.seq = 9000, .ack = talk.client_seq(), .flags = "SA"}, ""));
  capture.ip(talk.client_acks());
  capture.ip(talk.client_says("sent after it\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes reused_ports() {
  Capture capture;
  TcpConversation first = conversation();
  capture.ip(first.handshake());
  capture.ip(first.client_says("first connection\nhalf a"));  // and then the client's host lost its power
  TcpConversation second(endpoint(kClient), endpoint(kServer), 500'000, 900'000);
  capture.ip(second.handshake());
  capture.ip(second.client_says("second connection\n"));
  capture.ip(second.close());
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

  TcpConversation server(endpoint("10.0.0.1:50001"), endpoint(kServer));
  capture.ip(server.handshake()[1]);
  capture.ip(server.server_says("from the server\n"));
  return capture.bytes();
}

FileBytes unfinished_last_line() {
  Capture capture;
  TcpConversation closed = conversation();
  capture.ip(closed.handshake());
  capture.ip(closed.client_says("finished\nclosed without a line feed"));
  capture.ip(closed.close());
  TcpConversation open(endpoint("10.0.0.1:50001"), endpoint(kServer));
  capture.ip(open.handshake());
  capture.ip(open.client_says("still open when the capture ended"));
  return capture.bytes();
}

}  // namespace

std::span<const Condition> connection_conditions() {
  static constexpr std::array kConditions{
      Condition{"join-mid-stream", join_mid_stream},
      Condition{"fin-with-data", fin_with_data},
      Condition{"data-after-early-fin", data_after_early_fin},
      Condition{"reset-with-held-data", reset_with_held_data},
      Condition{"reset-outside-window", reset_outside_window},
      Condition{"payload-in-syn", payload_in_syn},
      Condition{"reused-ports", reused_ports},
      Condition{"one-direction-only", one_direction_only},
      Condition{"unfinished-last-line", unfinished_last_line},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
