// Segments that no line needs: probes, urgent data, texts of resets, strays and forgeries.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using test::TcpConversation;

FileBytes keep_alive() {
  using namespace std::string_view_literals;
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\n"));
  capture.ip(talk.server_acks());
  capture.ip(client_sends(talk, talk.client_seq() - 1, "\0"sv));  // one old byte, of any value (RFC 9293, 3.8.4)
  capture.ip(talk.server_acks());
  capture.ip(client_sends(talk, talk.client_seq() - 1, ""));  // or none
  capture.ip(client_sends(talk, talk.client_seq(), "b"));     // a zero-window probe: one new byte, sent again below
  capture.ip(talk.client_says("behind\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes reset_outside_window() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before the reset\nhalf of "));
  capture.ip(from_client({.seq = talk.client_seq() + 0x2000'0000, .flags = "R"}));
  capture.ip(from_server({.seq = talk.server_seq() - 5000, .flags = "R"}));
  capture.ip(talk.client_says("a line\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

}  // namespace

std::span<const Condition> odd_segment_conditions() {
  static constexpr std::array kConditions{
      Condition{"keep-alive", keep_alive},
      Condition{"reset-outside-window", reset_outside_window},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
