// How connections end: how the last record of a stream comes out.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::Packet;
using test::TcpConversation;

FileBytes fin_with_data() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  capture.ip(from_client({.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "FPA"}, "sent with the FIN\n"));
  talk.skip_client_bytes(sizeof "sent with the FIN\n" - 1 + 1);  // and the number of the FIN
  capture.ip(talk.server_acks());
  return capture.bytes();
}

FileBytes data_after_early_fin() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before the FIN\n"));
  capture.ip(from_client({.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "FA"}));
  capture.ip(talk.client_says("behind the FIN\n"));
  capture.ip(talk.client_says("and more\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// A FIN in the name of a client that has not said anything yet. The server does not acknowledge it.
FileBytes early_fin_before_any_data() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(from_client({.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "FA"}));
  capture.ip(talk.client_says("the first line\n"));
  capture.ip(talk.server_acks());
  capture.ip(talk.client_says("and more\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// One connection of which only the client's packets are captured. The other connection shows the time.
FileBytes fin_without_acknowledgement() {
  Capture capture;
  TcpConversation other = conversation(kSecond);
  capture.ip(other.handshake());
  TcpConversation talk = conversation();
  const auto opening = talk.handshake();
  capture.ip(opening[0]);
  capture.ip(opening[2]);
  capture.ip(talk.client_says("first\nno line feed"));
  capture.ip(client_fin(talk));
  capture.pause(1900ms);  // hole_wait is 2 s
  capture.ip(other.client_says("other: data may still come\n"));
  capture.pause(200ms);
  capture.ip(other.client_says("other: it has ended\n"));
  return capture.bytes();
}

// The acknowledgement is slow: the FIN comes again, alone and with the last data, and once more after the end.
FileBytes fin_retransmitted() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  const std::uint32_t last = talk.client_seq();
  capture.ip(talk.client_says("no line feed"));
  const Packet fin = client_fin(talk);
  const Packet with_data = from_client({.seq = last, .ack = talk.server_seq(), .flags = "FPA"}, "no line feed");
  capture.ip(fin);
  capture.pause(200ms);
  capture.ip(fin);
  capture.pause(400ms);
  capture.ip(with_data);
  capture.ip(talk.server_acks());
  capture.ip(with_data);
  capture.ip(fin);
  capture.ip(talk.server_acks());
  capture.ip(server_closes(talk));
  return capture.bytes();
}

FileBytes half_closed() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("client: all that I say\nclient: no line feed"));
  capture.ip(client_fin(talk));
  capture.ip(talk.server_acks());
  for (const std::string_view line : {"server: first\n", "server: second, ", "its end\n"}) {
    capture.pause(15s);
    capture.ip(talk.server_says(line));
    capture.ip(talk.client_acks());
  }
  capture.ip(server_closes(talk));
  return capture.bytes();
}

// RFC 9293, figure 13: each side sends its FIN before it gets the other's.
FileBytes simultaneous_close() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("client: first\nclient: half a"));
  capture.ip(talk.server_says("server: first\nserver: half a"));
  const std::uint32_t client_end = talk.client_seq();
  const std::uint32_t server_end = talk.server_seq();
  capture.ip(from_client({.seq = client_end, .ack = server_end, .flags = "FA"}));
  capture.ip(from_server({.seq = server_end, .ack = client_end, .flags = "FA"}));
  capture.ip(from_client({.seq = client_end + 1, .ack = server_end + 1}));
  capture.ip(from_server({.seq = server_end + 1, .ack = client_end + 1}));
  TcpConversation again = conversation_from(500'000, 900'000);
  capture.ip(again.handshake());
  capture.ip(again.client_says("client: another connection\n"));
  capture.ip(again.close());
  return capture.bytes();
}

// A program closes its socket with an unread answer, or before an answer comes: a RST follows its FIN. In one
// connection the FIN was acknowledged before, in the other it was not.
FileBytes rst_after_fin() {
  Capture capture;
  TcpConversation other = conversation(kThird);
  capture.ip(other.handshake());
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\nhalf a"));
  capture.ip(client_fin(talk));
  capture.ip(talk.server_acks());
  capture.ip(talk.server_says("an answer to nobody\n"));
  capture.ip(from_client({.seq = talk.client_seq(), .flags = "R"}));

  TcpConversation abrupt = conversation(kSecond);
  capture.ip(abrupt.handshake());
  capture.ip(abrupt.client_says("second\nhalf b"));
  capture.ip(client_fin(abrupt, kSecond));
  capture.ip(abrupt.client_resets());
  capture.ip(other.client_says("other: the second one has ended\n"));
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

FileBytes unfinished_last_line() {
  Capture capture;
  TcpConversation closed = conversation();
  capture.ip(closed.handshake());
  capture.ip(closed.client_says("finished\nclosed without a line feed"));
  capture.ip(closed.close());
  TcpConversation open = conversation(kSecond);
  capture.ip(open.handshake());
  capture.ip(open.client_says("still open when the capture ended"));
  return capture.bytes();
}

// limits.connections is 3. `oldest` was opened first, but spoke last; `silent` was silent for the longest time.
FileBytes evicted_connection() {
  Capture capture;
  TcpConversation oldest = conversation();
  capture.ip(oldest.handshake());
  capture.ip(oldest.client_says("oldest: first\n"));
  TcpConversation silent = conversation(kSecond);
  capture.ip(silent.handshake());
  capture.ip(silent.client_says("silent: first\nsilent: half a"));
  capture.pause(20s);
  capture.ip(oldest.client_says("oldest: half "));
  TcpConversation embryonic = conversation(kThird);
  capture.ip(embryonic.handshake());
  // It takes the place of the connection without data, although that is the youngest.
  TcpConversation fourth = conversation("10.0.0.1:50003");
  capture.ip(fourth.handshake());
  capture.ip(fourth.client_says("fourth: first\n"));
  // It takes the place of `silent`.
  TcpConversation fifth = conversation("10.0.0.1:50004");
  capture.ip(fifth.handshake());
  capture.ip(fifth.client_says("fifth: first\n"));
  capture.ip(oldest.client_says("a line\n"));
  capture.ip(silent.client_says("nd the rest\nsilent: later\n"));
  return capture.bytes();
}

// limits.idle is 10 s.
FileBytes idle_connection_expires() {
  Capture capture;
  TcpConversation silent = conversation();
  capture.ip(silent.handshake());
  capture.ip(silent.client_says("silent: first\nsilent: half a"));
  TcpConversation other = conversation(kSecond);
  capture.ip(other.handshake());
  capture.ip(other.client_says("other: half "));
  capture.pause(5s);
  capture.ip(other.client_says("a line after 5 s\n"));
  capture.pause(4500ms);
  capture.ip(other.client_says("other: after 9.5 s\n"));
  capture.pause(2500ms);
  capture.ip(other.client_says("other: after 12 s\n"));
  capture.ip(silent.client_says("nd the rest\nsilent: later\n"));
  return capture.bytes();
}

}  // namespace

std::span<const Condition> end_conditions() {
  static constexpr std::array kConditions{
      Condition{"fin-with-data", fin_with_data},
      Condition{"data-after-early-fin", data_after_early_fin},
      Condition{"early-fin-before-any-data", early_fin_before_any_data},
      Condition{"fin-without-acknowledgement", fin_without_acknowledgement},
      Condition{"fin-retransmitted", fin_retransmitted},
      Condition{"half-closed", half_closed},
      Condition{"simultaneous-close", simultaneous_close},
      Condition{"rst-after-fin", rst_after_fin},
      Condition{"reset-with-held-data", reset_with_held_data},
      Condition{"unfinished-last-line", unfinished_last_line},
      Condition{"evicted-connection", evicted_connection},
      Condition{"idle-connection-expires", idle_connection_expires},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
