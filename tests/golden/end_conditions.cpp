// How connections end: where the last record of a stream comes from.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using test::TcpConversation;

FileBytes fin_with_data() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  capture.ip(from_client({.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "FPA"}, "sent with the FIN\n"));
  talk.skip_client_bytes(sizeof "sent with the FIN\n" - 1 + 1);  // and the FIN's own number
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

}  // namespace

std::span<const Condition> end_conditions() {
  static constexpr std::array kConditions{
      Condition{"fin-with-data", fin_with_data},
      Condition{"data-after-early-fin", data_after_early_fin},
      Condition{"reset-with-held-data", reset_with_held_data},
      Condition{"unfinished-last-line", unfinished_last_line},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
